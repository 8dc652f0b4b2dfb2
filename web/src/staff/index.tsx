// Everything that clients don't open, in one file of its own.
import '../styles/staff.css';

export { Caseload } from './caseload';
export { ClientPage } from './client';
export { FindingPage } from './finding';
export { Findings } from './findings';
export { Models } from './models';
export { News } from './news';
export { Pages } from './pages';
export { Design } from '../design';
