// Every part of the design language on one page, in each of its states.
import '../styles/staff.css';
import '../styles/design.css';

import { addWords } from '../i18n';
import en from '../i18n/design.en.json';
import es from '../i18n/design.es.json';

addWords({ en, es });

export { Design } from './design';
