// The first load of the client's page over a simulated slow 3G line, in headless Chromium.
//   node bench/first_load.mjs http://localhost:8080
// Bytes on the wire, time until the page shows its first words, and until one can type into the
// first field ("I have a code"). Slow 3G as Chromium's own tools have it: 400 kbit/s, 400 ms round
// trip (https://developer.chrome.com, "Throttling"), processor slowed four times.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const url = process.argv[2] ?? 'http://localhost:8080';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});
const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
const page = await context.newPage();
const line = await context.newCDPSession(page);
await line.send('Network.enable');
await line.send('Network.emulateNetworkConditions', {
  offline: false, latency: 400, downloadThroughput: 400 * 1024 / 8, uploadThroughput: 400 * 1024 / 8,
});
await line.send('Emulation.setCPUThrottlingRate', { rate: 4 });
let bytes = 0;
let requests = 0;
line.on('Network.loadingFinished', (event) => {
  bytes += event.encodedDataLength;
  requests += 1;
});
const started = performance.now();
await page.goto(url, { waitUntil: 'commit' });
await page.locator('h1').first().waitFor();
const words = performance.now() - started;
await page.getByRole('button', { name: 'I have a code' }).or(page.getByRole('link', { name: 'I have a code' })).first().click();
const field = page.getByRole('textbox').first();
await field.waitFor();
await field.pressSequentially('a');
const typed = performance.now() - started;
await page.waitForTimeout(1500);
console.log(`requests          ${requests}`);
console.log(`bytes on the wire ${bytes}`);
console.log(`first words       ${(words / 1000).toFixed(2)} s`);
console.log(`time to type      ${(typed / 1000).toFixed(2)} s`);
await browser.close();
