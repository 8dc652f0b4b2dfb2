// Says on every staff page that somebody may be in crisis and nobody has taken it yet.
import { useEffect, useRef } from 'preact/hooks';
import { t, tn } from '../i18n';
import type { Page } from '../lib/types';
import { announce } from '../ui/announce';
import { useLoad } from '../ui/use';

export function News() {
  const { data } = useLoad<{ pages: Page[] }>(
    '/api/pages',
    (e) => e.type === 'page' || e.type === 'page-acked',
  );
  const open = data?.pages.filter((p) => !p.ackedAt) ?? [];
  const before = useRef(0);
  useEffect(() => {
    if (open.length > before.current) announce(tn('news.open', open.length), 'urgent');
    before.current = open.length;
  }, [open.length]);
  if (open.length === 0) return null;
  return (
    <p class="strip strip-page">
      <span>{tn('news.open', open.length)}</span> <a href="/pages">{t('news.go')}</a>
    </p>
  );
}
