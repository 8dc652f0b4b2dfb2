// The client's other pages, in a file of their own: the code that was shown, consent, and their data.
export { Consent } from './consent';
export { MyData } from './my-data';
export { Recovery } from './recovery';
