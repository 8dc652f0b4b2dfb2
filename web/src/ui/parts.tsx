// The pieces every page is made of. Each is shown in all its states on /design.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ApiError } from '../lib/api';
import { t, type Key } from '../i18n';
import { Glyph } from './strands';

let navigated = false;
export function markNavigation(): void {
  navigated = true;
}

// A page's heading. After a change of page the focus goes there, so that a screen reader starts at
// the top and a keyboard too.
export function Title({ children, text }: { children?: ComponentChildren; text: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (navigated) heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${text} – Attune`;
  }, [text]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? text}
    </h1>
  );
}

type ButtonProps = JSX.IntrinsicElements['button'] & {
  look?: 'main' | 'plain' | 'quiet' | 'help';
  busy?: boolean;
};
export function Button({ look = 'plain', busy, class: extra, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${look} ${typeof extra === 'string' ? extra : ''}`}
      aria-disabled={busy ? true : undefined}
      aria-busy={busy ? true : undefined}
      onClick={busy ? (e) => e.preventDefault() : rest.onClick}
    >
      {children}
    </button>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  error?: string;
  // Draws the control with the ids that tie label, hint and error to it.
  children: (ties: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined }) => ComponentChildren;
}
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface SwitchProps {
  label: string;
  detail?: ComponentChildren;
  on: boolean;
  busy?: boolean;
  onChange: (on: boolean) => void;
}
export function Switch({ label, detail, on, busy, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div class="switch-row">
      <div class="switch-words">
        <span class="switch-label" id={id}>
          {label}
        </span>
        {detail && (
          <div class="hint" id={`${id}-detail`}>
            {detail}
          </div>
        )}
      </div>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={on}
        aria-labelledby={id}
        aria-describedby={detail ? `${id}-detail` : undefined}
        aria-busy={busy ? true : undefined}
        onClick={() => !busy && onChange(!on)}
      >
        <span class="switch-track" aria-hidden="true">
          <span class="switch-thumb" />
        </span>
        <span class="switch-state" aria-hidden="true">
          {t(on ? 'switch.on' : 'switch.off')}
        </span>
      </button>
    </div>
  );
}

interface ChoiceProps<T extends string> {
  legend: string;
  name: string;
  value: T | undefined;
  options: { value: T; label: string; hint?: string }[];
  onChange: (value: T) => void;
}
export function Choice<T extends string>({ legend, name, value, options, onChange }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      {options.map((o) => (
        <label class="choice-row" key={o.value}>
          <input
            type="radio"
            name={name}
            value={o.value}
            checked={value === o.value}
            onChange={() => onChange(o.value)}
          />
          <span>
            <span class="choice-label">{o.label}</span>
            {o.hint && <span class="hint">{o.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

type Tone = 'calm' | 'good' | 'warm' | 'alert';
export function Notice({ tone = 'calm', title, children, role }: { tone?: Tone; title?: string; children?: ComponentChildren; role?: 'status' | 'alert' }) {
  return (
    <div class={`notice notice-${tone}`} role={role}>
      {title && <p class="notice-title">{title}</p>}
      {children}
    </div>
  );
}

export function Tag({ tone = 'calm', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`tag tag-${tone}`}>{children}</span>;
}

const WORDS: Record<ApiError['kind'], Key> = {
  offline: 'problem.offline',
  'signed-out': 'problem.signedOut',
  refused: 'problem.refused',
  conflict: 'problem.conflict',
  busy: 'problem.busy',
  server: 'problem.server',
};

// The server writes details without a capital or a full stop.
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

// What happened and what to do. The server's own sentence is better when it wrote one for people.
export function problemText(error: ApiError): string {
  if (error.detail && (error.kind === 'refused' || error.kind === 'conflict') && error.status !== 404) {
    return sentence(error.detail);
  }
  if (error.status === 404) return t('problem.notFound');
  return t(WORDS[error.kind]);
}

export function Problem({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <Notice tone="warm" role="alert">
      <p>{problemText(error)}</p>
      {retry && error.status !== 404 && <Button onClick={retry}>{t('problem.retry')}</Button>}
    </Notice>
  );
}

// Nothing for the first moment: most answers come sooner than a flicker would help.
export function Loading() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 250);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class={`loading ${late ? 'loading-late' : ''}`} role="status">
      <Glyph state="near" />
      <span>{late ? t('loading') : ''}</span>
    </p>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Glyph state="together" />
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}
