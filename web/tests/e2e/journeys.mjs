// What people do, from beginning to end. Later steps build on earlier ones, as in life.
import assert from 'node:assert/strict';

const HARD = "I don't want to live any more. I can't go on like this 🌊. I am tired.";
const SOFT = 'I slept a little better last night.';

export function journeys(kit) {
  const at = (path) => kit.url + path;
  // Who is in which window, and what they need later.
  let client, staff, code, findingUrl, staffState, clientState;

  const visible = (page, text) => page.getByText(text).first().waitFor();
  const send = async (page, text) => {
    await page.getByLabel('Write a message').fill(text);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
  };
  const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? '');
  const stored = (page) => page.evaluate(() => Object.keys(localStorage).join(' '));
  const start = async (page) => {
    await page.goto(at('/'));
    await page.getByRole('button', { name: 'Start without a name' }).click();
    await page.getByRole('heading', { name: 'Keep this code' }).waitFor();
    const shown = (await page.locator('.code').innerText()).replace(/\s+/g, '');
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('heading', { name: 'What may be done with your words?' }).waitFor();
    return shown;
  };
  const allow = async (page) => {
    await page.getByRole('radio', { name: /^Yes/ }).check();
    const alerts = page.getByRole('switch', { name: /signs of danger/ });
    if ((await alerts.getAttribute('aria-checked')) === 'false') await alerts.click();
    await page.locator('[role=switch][aria-checked=true]').first().waitFor();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByLabel('Write a message').waitFor();
  };

  return [
    // Without this no clinician sees anything.
    ['setup: staff sign in by link, and the token leaves the address', async () => {
      staff = await kit.open({ size: 'desk' });
      await staff.page.goto(at(`/#/link/${kit.staff}`));
      await staff.page.getByRole('heading', { name: 'Who needs a look first' }).waitFor();
      assert.equal(new URL(staff.page.url()).hash, '');
      await staff.page.locator('.row-card').first().waitFor();
      staffState = await staff.context.storageState();
      await staff.page.getByRole('link', { name: 'Findings', exact: true }).click();
      await staff.page.getByRole('heading', { name: 'Findings' }).waitFor();
      assert.equal(await focused(staff.page), 'Findings');
    }],

    // Somebody must be able to begin without saying who they are, and decide before anything is read.
    ['setup: a client starts without a name, keeps the code, decides', async () => {
      client = await kit.open();
      code = await start(client.page);
      assert.ok(code.length >= 16, code);
      assert.equal(await client.page.locator('input:checked, [role=switch][aria-checked=true]').count(), 0);
      await client.page.getByRole('button', { name: 'Go on' }).click();
      await visible(client.page, 'Please choose yes or no above');
      await allow(client.page);
      assert.equal((await stored(client.page)).includes(code), false);
    }],

    ['an empty and an over-long message are met kindly', async () => {
      const { page } = client;
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await visible(page, 'There is nothing to send yet');
      await page.getByLabel('Write a message').fill('x'.repeat(20_003));
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await visible(page, '3 characters over the limit');
      await page.getByLabel('Write a message').fill('');
    }],

    // A clinician must not have to reload to see that somebody may be in danger.
    ['setup: a hard message shows help at once, and a finding on the open staff page', async () => {
      await staff.page.evaluate(() => (globalThis.notReloaded = true));
      const before = await staff.page.locator('.row-card.row-fresh').count();
      const began = Date.now();
      await send(client.page, HARD);
      const arrived = staff.page.locator('.row-fresh').nth(before).waitFor().then(() => Date.now() - began);
      await client.page.locator('#help-title').waitFor();
      assert.equal(await focused(client.page), 'You deserve a person to talk to');
      console.log(`      finding on the staff page after ${await arrived} ms`);
      assert.equal(await staff.page.evaluate(() => globalThis.notReloaded), true);
      await staff.page.getByRole('status').getByText(/new finding/i).first().waitFor({ state: 'attached' });
    }],

    ['help: one touch to call, one to be called, never in the way', async () => {
      const { page } = client;
      assert.match(await page.locator('.call-emergency').getAttribute('href'), /^tel:\d+$/);
      assert.ok((await page.locator('.lines a[href^="tel:"], .lines a[href^="sms:"]').count()) > 0);
      await page.getByText(/checked on/).first().waitFor();
      await page.getByRole('button', { name: 'Ask the person on call' }).click();
      await visible(page, 'We have asked the person on call');
      await page.getByRole('button', { name: 'Put this away' }).click();
      assert.equal(await focused(page), 'Help now');
      await page.getByLabel('Write a message').fill('still writing');
      await page.getByRole('button', { name: 'Help now' }).click();
      await visible(page, 'Talk to a person now');
      await page.getByRole('button', { name: 'Put this away' }).click();
      assert.equal(await page.getByLabel('Write a message').inputValue(), 'still writing');
      await page.getByLabel('Write a message').fill('');
    }],

    ['setup: the finding shows which words carried it, how sure it is, and its limits', async () => {
      const { page } = staff;
      await page.locator('.row-fresh .row-link').first().click();
      await page.locator('.message-text').waitFor();
      findingUrl = page.url();
      assert.equal(await page.locator('.message-text').innerText(), HARD);
      const marks = await page.locator('mark').allInnerTexts();
      assert.ok(marks.length > 0);
      for (const words of marks) assert.ok(HARD.includes(words) && words.isWellFormed(), words);
      assert.ok((await page.locator('.evidence li').count()) > 0);
      for (const text of [/between .+ and /, /Of all messages read here|Too few messages/, "What it can't tell", 'Model:']) {
        await page.getByText(text).first().waitFor();
      }
    }],

    // The client must see who has read what they wrote.
    ['the client sees who has read it, without reloading and in the access list', async () => {
      const { page } = client;
      await page.getByText(/^Read by /).first().waitFor();
      await page.getByRole('link', { name: 'My data', exact: true }).click();
      await page.getByRole('heading', { name: 'My data', exact: true }).waitFor();
      await page.locator('.access li').first().waitFor();
      await page.getByRole('link', { name: 'Messages', exact: true }).click();
    }],

    ['a finding is taken, and a decision needs a choice and a reason', async () => {
      const { page } = staff;
      await page.getByRole('button', { name: 'Give it to me' }).click();
      await page.getByText(/^With /).first().waitFor();
      await page.getByRole('button', { name: 'Save decision' }).click();
      await visible(page, 'Please choose one of the three first');
      await page.getByRole('radio', { name: /^Act/ }).check();
      await page.getByRole('button', { name: 'Save decision' }).click();
      await visible(page, 'Please say why in a few words');
    }],

    // Two people deciding at once must not overwrite each other unseen.
    ['who decides second is told so and loses no words', async () => {
      const slow = await staff.context.newPage();
      // This one hears nothing live, as on a bad line.
      await slow.routeWebSocket(/\/api\/live/, () => undefined);
      await slow.goto(findingUrl);
      await slow.getByRole('radio', { name: /^Dismiss/ }).check();
      await slow.getByLabel('Why').fill('I thought it was a song.');
      const { page } = staff;
      await page.getByLabel('Why').fill('I called and we talked.');
      await page.getByRole('button', { name: 'Save decision' }).click();
      await visible(page, 'Acted on');
      assert.equal(await focused(page), 'Decision');
      await slow.getByRole('button', { name: 'Save decision' }).click();
      await visible(slow, 'decided first');
      await visible(slow, 'I thought it was a song.');
      await visible(slow, 'I called and we talked.');
      await slow.close();
    }],

    ['a page is answered, and the client is told that somebody is coming', async () => {
      const { page } = staff;
      await page.getByRole('link', { name: 'Pages', exact: true }).click();
      await page.getByRole('heading', { name: 'Pages', exact: true }).waitFor();
      const waiting = page.getByRole('button', { name: 'I have it' });
      await waiting.first().waitFor();
      while ((await waiting.count()) > 0) {
        const before = await waiting.count();
        await waiting.first().click();
        await page.waitForFunction((n) => [...document.querySelectorAll('.row-side .button-main')].length < n, before);
      }
      await client.page.getByText(/is getting in touch with you/).first().waitFor();
      await client.page.getByRole('button', { name: 'Put this away' }).click();
    }],

    ['on call can be switched, and says what it is in words', async () => {
      const { page } = staff;
      const duty = page.getByRole('switch', { name: 'I am on call' });
      const was = await duty.getAttribute('aria-checked');
      await duty.click();
      await page.locator(`[role=switch][aria-checked=${was === 'true' ? 'false' : 'true'}]`).waitFor();
      await duty.click();
      await page.locator(`[role=switch][aria-checked=${was}]`).waitFor();
    }],

    ['an answer from the care team reaches the open client page', async () => {
      const { page } = staff;
      await page.goto(findingUrl);
      await page.getByRole('link', { name: /^Open the page of/ }).click();
      await page.getByRole('heading', { name: 'How they have been' }).waitFor();
      await page.getByLabel('Answer').fill('Thank you for telling us. I am calling you now.');
      await page.getByRole('button', { name: 'Send answer' }).click();
      await visible(client.page, 'Thank you for telling us.');
    }],

    // What somebody writes under ground or on a train must arrive, once.
    ['offline: the page opens, keeps what is written, and sends it once when back', async () => {
      const { page, context } = client;
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.reload();
      await page.getByLabel('Write a message').waitFor();
      await page.getByLabel('Write a message').fill('a draft ');
      await context.setOffline(true);
      await page.reload();
      assert.equal(await page.getByLabel('Write a message').inputValue(), 'a draft ');
      await send(page, SOFT);
      await visible(page, 'Waiting to send');
      await page.getByRole('button', { name: 'Help now' }).click();
      assert.match(await page.locator('.call-emergency').getAttribute('href'), /^tel:/);
      await page.getByRole('button', { name: 'Put this away' }).click();
      await page.reload();
      await visible(page, 'Waiting to send');
      await context.setOffline(false);
      await page.locator('.bubble-waiting').waitFor({ state: 'detached' });
      await page.reload();
      await page.getByText(SOFT).first().waitFor();
      assert.equal(await page.getByText(SOFT).count(), 1);
    }],

    // What somebody wrote stays on the device only until the server has it, and answers never.
    ['the browser keeps no answer of the server', async () => {
      const kept = await client.page.evaluate(async () => {
        const urls = [];
        for (const name of await caches.keys()) {
          for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
        }
        return urls;
      });
      assert.ok(kept.includes('/'), kept.join(' '));
      assert.deepEqual(kept.filter((path) => path.startsWith('/api') || /staff/.test(path)), []);
      assert.equal((await client.page.evaluate(() => JSON.stringify(localStorage))).includes(SOFT), false);
    }],

    ['a session that ends costs nobody their words, and the code brings them back', async () => {
      const { page, context } = client;
      await context.clearCookies();
      await send(page, 'written as the session ended');
      await visible(page, 'You were signed out');
      assert.equal(await page.getByText(SOFT).count(), 0);
      await page.getByRole('link', { name: 'I have a code' }).click();
      await page.getByLabel('Your code').fill('nonsense');
      await page.getByRole('button', { name: 'Come back in' }).click();
      await visible(page, "We don't know this code");
      await page.getByLabel('Your code').fill(code.toLowerCase());
      await page.getByRole('button', { name: 'Come back in' }).click();
      await page.getByLabel('Write a message').waitFor();
      await visible(page, 'written as the session ended');
      await page.locator('.bubble-waiting').waitFor({ state: 'detached' });
    }],

    ['withdrawing consent works at once, and giving it again too', async () => {
      const { page } = client;
      await page.getByRole('link', { name: 'My data', exact: true }).click();
      const care = page.getByRole('switch', { name: /care team may read my messages/i });
      await care.click();
      await page.locator('[role=switch][aria-checked=false]').first().waitFor();
      await page.getByRole('link', { name: 'Messages', exact: true }).click();
      await visible(page, 'Messages are off');
      await page.getByRole('link', { name: 'Change this under My data' }).click();
      await care.click();
      await page.getByText(/^Saved\. On/).waitFor({ state: 'attached' });
      await page.getByRole('link', { name: 'Messages', exact: true }).click();
      await page.getByLabel('Write a message').waitFor();
    }],

    ['the record can be taken away as a file', async () => {
      const { page } = client;
      await page.getByRole('link', { name: 'My data', exact: true }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download my data' }).click(),
      ]);
      assert.equal(await download.failure(), null);
    }],

    ['signing out leaves nothing of the client on the device', async () => {
      const { page } = client;
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Start without a name' }).waitFor();
      assert.doesNotMatch(await stored(page), /outbox|draft|who|consent/);
      await page.goto(at('/my-data'));
      await page.getByRole('button', { name: 'Start without a name' }).waitFor();
    }],

    ['declining is respected and explained', async () => {
      const one = await kit.open();
      await start(one.page);
      await one.page.getByRole('radio', { name: /^No, not now/ }).check();
      await visible(one.page, 'That is all right');
      await one.page.getByRole('button', { name: 'Go on' }).click();
      await visible(one.page, 'Messages are off');
      await kit.shut(one);
    }],

    ['a link that does not work says so', async () => {
      const one = await kit.open();
      await one.page.goto(at('/#/link/00000000000000000000000000'));
      await visible(one.page, 'This sign-in link does not work');
      assert.equal(new URL(one.page.url()).hash, '');
      await kit.shut(one);
    }],

    // Somebody who can't use a mouse or a finger must be able to ask for help too.
    ['with the keyboard alone: start, decide, write, read the help', async () => {
      const one = await kit.open({ size: 'desk' });
      const { page } = one;
      const tabTo = async (text) => {
        for (let i = 0; i < 40; i++) {
          await page.keyboard.press('Tab');
          const here = await page.evaluate(() => {
            const e = document.activeElement;
            return `${e?.getAttribute('aria-label') ?? ''}|${e?.labels?.[0]?.innerText ?? ''}|${e?.innerText ?? ''}|${e?.value ?? ''}`;
          });
          if (here.includes(text)) return;
        }
        assert.fail(`the keyboard does not reach "${text}"`);
      };
      await page.goto(at('/'));
      await page.getByRole('button', { name: 'Start without a name' }).waitFor();
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Skip to the content');
      await tabTo('Start without a name');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Keep this code' }).waitFor();
      await tabTo('I have kept it');
      await page.keyboard.press('Enter');
      await page.getByRole('radio', { name: /^Yes/ }).waitFor();
      await tabTo('Yes, my care team');
      await page.keyboard.press('Space');
      await page.locator('input:checked').waitFor();
      await page.getByText(/^Saved/).first().waitFor({ state: 'attached' });
      for (let i = 0; i < 20; i++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(() => document.activeElement?.getAttribute('role') === 'switch')) break;
      }
      await page.keyboard.press('Space');
      await page.locator('[role=switch][aria-checked=true]').first().waitFor();
      await tabTo('Go on');
      await page.keyboard.press('Enter');
      await page.getByLabel('Write a message').waitFor();
      await tabTo('Write a message');
      await page.keyboard.type(HARD);
      await page.keyboard.press('Control+Enter');
      await page.locator('#help-title').waitFor();
      assert.equal(await focused(page), 'You deserve a person to talk to');
      await tabTo('Call');
      await tabTo('Put this away');
      await page.keyboard.press('Enter');
      assert.equal(await focused(page), 'Help now');
      await kit.shut(one);
    }],

    ['setup: a client of the clinic signs in by link', async () => {
      const one = await kit.open();
      await one.page.goto(at(`/#/link/${kit.client}`));
      await one.page.getByLabel('Write a message').waitFor();
      await one.page.getByText(/Read by|No person has read it yet/).first().waitFor();
      clientState = await one.context.storageState();
      await kit.shut(one);
    }],

    ...['light', 'dark'].flatMap((scheme) =>
      ['phone', 'desk'].map((size) => [
        `every page, ${scheme}, ${size}: axe finds nothing, fingers hit everything, nothing runs off the side`,
        async () => {
          const wrong = [];
          const look = async (page, name) => {
            await page.waitForTimeout(300);
            const where = `${name} (${scheme}, ${size})`;
            for (const v of await kit.axe(page)) wrong.push(`${where}: ${v}`);
            for (const v of await kit.small(page)) wrong.push(`${where}: too small: ${v}`);
            const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
            if (inner > outer) wrong.push(`${where}: ${inner} wide in ${outer}`);
            await kit.shoot(page, `${kit.name}-${name}-${size}-${scheme}`);
          };
          const out = await kit.open({ size, scheme });
          await out.page.goto(at('/'));
          await out.page.getByRole('button', { name: 'Start without a name' }).waitFor();
          await look(out.page, 'welcome');
          await out.page.getByRole('button', { name: 'Help now' }).click();
          await out.page.locator('.call-emergency').waitFor();
          await look(out.page, 'help');
          for (const path of ['code', 'sign-in', 'nowhere', 'design']) {
            await out.page.goto(at(`/${path}`));
            await out.page.locator('h1').waitFor();
            await look(out.page, path);
          }
          await out.page.goto(at('/'));
          await out.page.getByRole('button', { name: 'Start without a name' }).click();
          await out.page.locator('.code').waitFor();
          await look(out.page, 'recovery-code');
          await out.page.getByRole('button', { name: 'I have kept it' }).click();
          await out.page.getByRole('radio').first().waitFor();
          await look(out.page, 'consent');
          await kit.shut(out);

          const mine = await kit.open({ size, scheme, state: clientState });
          await mine.page.goto(at('/'));
          await mine.page.locator('.bubble').first().waitFor();
          await look(mine.page, 'messages');
          await mine.page.goto(at('/my-data'));
          await mine.page.getByRole('switch').first().waitFor();
          await look(mine.page, 'my-data');
          await kit.shut(mine);

          const team = await kit.open({ size, scheme, state: staffState });
          await team.page.goto(at('/caseload'));
          await team.page.locator('.row-card').first().waitFor();
          await look(team.page, 'caseload');
          await team.page.locator('.row-link').first().click();
          await team.page.locator('.chart, .empty').first().waitFor();
          await look(team.page, 'client');
          await team.page.goto(at('/findings'));
          await team.page.locator('.row-card').first().waitFor();
          await look(team.page, 'findings');
          await team.page.locator('.row-link').first().click();
          await team.page.locator('.message-text').waitFor();
          await look(team.page, 'finding');
          await team.page.goto(findingUrl);
          await team.page.locator('.message-text').waitFor();
          await look(team.page, 'finding-decided');
          await team.page.goto(at('/pages'));
          await team.page.locator('.row-card').first().waitFor();
          await look(team.page, 'pages');
          await team.page.goto(at('/models'));
          await team.page.locator('.card').first().waitFor();
          await look(team.page, 'models');
          await kit.shut(team);
          assert.deepEqual(wrong, []);
        },
      ]),
    ),

    ['in Spanish: the page speaks it, and the choice is kept', async () => {
      const one = await kit.open({ lang: 'es-ES' });
      await one.page.goto(at('/'));
      await one.page.getByRole('button', { name: 'Empezar sin nombre' }).waitFor();
      assert.equal(await one.page.evaluate(() => document.documentElement.lang), 'es');
      await one.page.getByLabel('Idioma').selectOption('en');
      await one.page.getByRole('button', { name: 'Start without a name' }).waitFor();
      await one.page.reload();
      await one.page.getByRole('button', { name: 'Start without a name' }).waitFor();
      await kit.shut(one);
    }],

    // A broken rule of the content policy is a hole, or a page that breaks on the real server.
    ['nothing broke the content policy and nothing was thrown', async () => {
      assert.deepEqual(kit.complaints, []);
    }],
  ];
}
