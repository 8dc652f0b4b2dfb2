// For somebody who is not signed in.
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { ApiError } from '../lib/api';
import { openHelp } from '../lib/help';
import { account, expired, linkFailed, signIn } from '../lib/session';
import { Button, Field, Notice, Problem, Title, problemText } from '../ui/parts';
import { Drift } from '../ui/strands';

// One attempt at a time; what went wrong; where to go when it went well.
function useSignIn(after: string) {
  const { route } = useLocation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const attempt = async (path: string, body: unknown) => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await signIn(path, body);
      route(after);
    } catch (problem) {
      setError(problem instanceof ApiError ? problem : new ApiError('server', 0));
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, attempt };
}

function Ended() {
  if (!expired.value) return null;
  return (
    <Notice tone="warm" title={t('expired.title')} role="status">
      <p>{t('expired.text')}</p>
    </Notice>
  );
}

export function Welcome() {
  const { busy, error, attempt } = useSignIn('/recovery-code');
  return (
    <div class="welcome">
      <Drift />
      <Title text={t('welcome.title')} />
      <p class="lead">{t('welcome.lead')}</p>
      <Ended />
      {linkFailed.value && (
        <Notice tone="warm" title={t('link.failed.title')} role="alert">
          <p>
            {linkFailed.value.kind === 'signed-out' || linkFailed.value.kind === 'refused'
              ? t('link.failed.text')
              : problemText(linkFailed.value)}
          </p>
        </Notice>
      )}
      <div class="ways">
        <Button look="main" busy={busy} onClick={() => void attempt('/api/session/start', {})}>
          {t('welcome.start')}
        </Button>
        <p class="hint">{t('welcome.start.hint')}</p>
        {error && <Problem error={error} />}
        <a class="button button-plain" href="/code">
          {t('welcome.code')}
        </a>
        <a class="button button-quiet" href="/sign-in">
          {t('welcome.staff')}
        </a>
      </div>
      <section class="facts" aria-labelledby="facts-title">
        <h2 id="facts-title">{t('welcome.facts')}</h2>
        <dl>
          <dt>{t('welcome.what.title')}</dt>
          <dd>{t('welcome.what.text')}</dd>
          <dt>{t('welcome.who.title')}</dt>
          <dd>{t('welcome.who.text')}</dd>
          <dt>{t('welcome.control.title')}</dt>
          <dd>{t('welcome.control.text')}</dd>
          <dt>{t('welcome.emergency.title')}</dt>
          <dd>
            <p>{t('welcome.emergency.text')}</p>
            <Button onClick={() => openHelp('asked')}>{t('welcome.emergency.button')}</Button>
          </dd>
        </dl>
      </section>
    </div>
  );
}

export function Code() {
  const { busy, error, attempt } = useSignIn('/');
  const [code, setCode] = useState('');
  const [empty, setEmpty] = useState(false);
  const wrong = error?.kind === 'signed-out' || error?.kind === 'refused';
  return (
    <div class="narrow">
      <Title text={t('code.title')} />
      <Ended />
      <p>{t('code.lead')}</p>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          setEmpty(code.trim() === '');
          if (code.trim() !== '') void attempt('/api/session/recover', { code: code.trim() });
        }}
      >
        <Field
          label={t('code.label')}
          hint={t('code.hint')}
          error={empty ? t('code.empty') : wrong ? t('code.wrong') : undefined}
        >
          {(ties) => (
            <input
              {...ties}
              class="code-input"
              value={code}
              onInput={(e) => setCode(e.currentTarget.value)}
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
            />
          )}
        </Field>
        {error && !wrong && <Problem error={error} />}
        <Button look="main" type="submit" busy={busy}>
          {t('code.go')}
        </Button>
      </form>
      <p class="hint">{t('code.lost')}</p>
      <p>
        <a href="/">{t('back.start')}</a>
      </p>
    </div>
  );
}

export function StaffSignIn() {
  const { busy, error, attempt } = useSignIn(
    location.pathname === '/sign-in' ? '/' : location.pathname,
  );
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [empty, setEmpty] = useState(false);
  if (account.value && location.pathname === '/sign-in') return <SignedInAlready />;
  const wrong = error?.kind === 'signed-out' || error?.kind === 'refused';
  return (
    <div class="narrow">
      <Title text={t('staff.signIn.title')} />
      <Ended />
      <p>{t('staff.signIn.lead')}</p>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          const missing = login.trim() === '' || password === '';
          setEmpty(missing);
          if (!missing) void attempt('/api/session/password', { login: login.trim(), password });
        }}
      >
        <Field label={t('staff.signIn.login')}>
          {(ties) => (
            <input
              {...ties}
              name="login"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              value={login}
              onInput={(e) => setLogin(e.currentTarget.value)}
            />
          )}
        </Field>
        <Field
          label={t('staff.signIn.password')}
          error={empty ? t('staff.signIn.empty') : wrong ? t('staff.signIn.wrong') : undefined}
        >
          {(ties) => (
            <input
              {...ties}
              type="password"
              name="password"
              autocomplete="current-password"
              value={password}
              onInput={(e) => setPassword(e.currentTarget.value)}
            />
          )}
        </Field>
        {error && !wrong && <Problem error={error} />}
        <Button look="main" type="submit" busy={busy}>
          {t('staff.signIn.go')}
        </Button>
      </form>
      <p>
        <a href="/">{t('back.start')}</a>
      </p>
    </div>
  );
}

function SignedInAlready() {
  return (
    <div class="narrow">
      <Title text={t('signedIn.title')} />
      <p>
        <a href="/">{t('signedIn.go')}</a>
      </p>
    </div>
  );
}

export function NotFound() {
  return (
    <div class="narrow">
      <Title text={t('notFound.title')} />
      <p>{t('notFound.text')}</p>
      <p>
        <a href="/">{t('back.start')}</a>
      </p>
    </div>
  );
}
