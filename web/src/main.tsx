import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/client.css';
import { App } from './app';
import { pickLang, setLang } from './i18n';
import { start, store } from './lib/session';
import { applyTheme } from './lib/theme';
import { wire } from './lib/wire';
import { watchForUpdate } from './lib/update';

applyTheme();
const lang = pickLang(store.get('lang'), navigator.languages);
// English is here already; another language is a small file more.
const ready = lang === 'en' ? Promise.resolve() : setLang(lang).catch(() => undefined);
wire();
void start();
void ready.then(() => render(<App />, document.getElementById('app')!));
watchForUpdate();
