// Whole journeys in a browser. With --mock against tests/mock-server.mjs; with ATTUNE_URL,
// ATTUNE_CLIENT_LINK and ATTUNE_STAFF_LINK set (whole links or tokens), against a running server.
//   npm run e2e -- --mock [--only WORDS]
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { mockServer } from '../mock-server.mjs';
import { journeys } from './journeys.mjs';

const RESULTS = fileURLToPath(new URL('../../test-results/', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 800 } };

const useMock = process.argv.includes('--mock');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
const env = process.env;
if (!useMock && !env.ATTUNE_URL) {
  console.error('Give --mock, or ATTUNE_URL with ATTUNE_CLIENT_LINK and ATTUNE_STAFF_LINK.');
  process.exit(2);
}
mkdirSync(RESULTS, { recursive: true });

const tokenOf = (link) => (link ?? '').replace(/^.*#\/link\//, '');
const runs = [];
if (useMock) {
  const mock = mockServer();
  const url = await mock.listen();
  runs.push({ name: 'mock', url, client: 'client-link', staff: 'staff-link', close: () => mock.close() });
}
if (env.ATTUNE_URL) {
  runs.push({
    name: 'server',
    url: env.ATTUNE_URL.replace(/\/$/, ''),
    client: tokenOf(env.ATTUNE_CLIENT_LINK),
    staff: tokenOf(env.ATTUNE_STAFF_LINK),
    close: () => undefined,
  });
}

const browser = await chromium.launch({
  executablePath: env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

let passed = 0;
let failed = 0;
for (const run of runs) {
  const kit = makeKit(run);
  for (const [name, work] of journeys(kit)) {
    if (only && !name.includes(only) && !name.startsWith('setup')) continue;
    try {
      await work();
      passed++;
      console.log(`ok    ${run.name}: ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${run.name}: ${name}\n      ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n      ')}`);
      await kit.shootAll(`failed-${run.name}-${name.replace(/\W+/g, '-').slice(0, 40)}`);
    }
  }
  await kit.close();
  await run.close();
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function makeKit(run) {
  const contexts = [];
  const complaints = [];
  return {
    ...run,
    complaints,
    async open({ size = 'phone', scheme = 'light', state, lang = 'en-GB' } = {}) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        colorScheme: scheme,
        reducedMotion: 'reduce',
        locale: lang,
        storageState: state,
        ignoreHTTPSErrors: true,
        acceptDownloads: true,
      });
      contexts.push(context);
      context.setDefaultTimeout(15_000);
      context.on('page', (page) => {
        page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
        page.on('console', (line) => {
          if (/Content Security Policy|violates/i.test(line.text())) complaints.push(line.text());
        });
      });
      return { context, page: await context.newPage() };
    },
    // What axe finds, in words.
    async axe(page) {
      await page.evaluate(AXE);
      const found = await page.evaluate(() =>
        globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
      );
      return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ''}`).slice(0, 3).join(' | ')}`);
    },
    // What is too small for a finger.
    small: (page) =>
      page.evaluate(() =>
        [...document.querySelectorAll('button, .button, nav a, select, input:not([type=radio]), textarea, summary, .call, .choice-row')]
          .filter((e) => e.getClientRects().length > 0 && e.getBoundingClientRect().height < 43.5)
          .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 20)} ${e.getBoundingClientRect().height}`),
      ),
    async shoot(page, name) {
      await page.screenshot({ path: `${RESULTS}${name}.png`, fullPage: true });
    },
    async shootAll(name) {
      let n = 0;
      for (const context of contexts) {
        for (const page of context.pages()) await page.screenshot({ path: `${RESULTS}${name}-${n++}.png` }).catch(() => undefined);
      }
    },
    async shut(opened) {
      contexts.splice(contexts.indexOf(opened.context), 1);
      await opened.context.close();
    },
    close: () => Promise.all(contexts.map((c) => c.close())),
  };
}
