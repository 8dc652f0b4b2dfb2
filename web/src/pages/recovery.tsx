// The recovery code: shown once, and the only way back for somebody without a name.
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { recoveryCode } from '../lib/session';
import { Button, Notice, Title } from '../ui/parts';

function saveFile(code: string): void {
  const url = URL.createObjectURL(new Blob([`${t('recovery.file')}\n\n${code}\n`], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'attune-code.txt';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// In groups that stay whole on a narrow screen; the separators stand as the server wrote them.
function groups(code: string): string[] {
  return code.match(/[^\s-]+[\s-]*/g) ?? [code];
}

export function Recovery() {
  const { route } = useLocation();
  const [said, setSaid] = useState('');
  const code = recoveryCode.value;
  if (!code) {
    return (
      <div class="narrow">
        <Title text={t('recovery.gone.title')} />
        <p>{t('recovery.gone.text')}</p>
        <p>
          <a href="/">{t('back.messages')}</a>
        </p>
      </div>
    );
  }
  const copy = () =>
    navigator.clipboard.writeText(code).then(
      () => setSaid(t('recovery.copied')),
      () => setSaid(t('recovery.copyFailed')),
    );
  return (
    <div class="narrow recovery">
      <Title text={t('recovery.title')} />
      <p>{t('recovery.lead')}</p>
      <p class="code" aria-label={t('recovery.label')} tabIndex={0} role="group">
        {groups(code).map((g, i) => (
          <span key={i}>{g}</span>
        ))}
      </p>
      <div class="row no-print">
        <Button onClick={() => void copy()}>{t('recovery.copy')}</Button>
        <Button onClick={() => print()}>{t('recovery.print')}</Button>
        <Button onClick={() => saveFile(code)}>{t('recovery.save')}</Button>
      </div>
      <p class="hint" role="status">
        {said}
      </p>
      <Notice tone="warm">
        <p>{t('recovery.warn')}</p>
      </Notice>
      <div class="no-print">
        <Button
          look="main"
          onClick={() => {
            recoveryCode.value = undefined;
            route('/consent');
          }}
        >
          {t('recovery.kept')}
        </Button>
      </div>
    </div>
  );
}
