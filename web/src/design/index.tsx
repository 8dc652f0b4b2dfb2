export { Design } from './design';
