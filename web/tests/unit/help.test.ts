// If these fail, somebody who wants to text a crisis line gets an empty message or a wrong number.
import { describe, expect, it, vi } from 'vitest';

// The panel's module asks for the browser's things when it is loaded.
vi.stubGlobal('localStorage', { getItem: () => null });
const { textLink } = await import('../../src/ui/help-panel');
const { sentence } = await import('../../src/ui/parts');

describe('textLink', () => {
  it('takes number and word out of the sentence', () => {
    expect(textLink('Text SHOUT to 85258')).toBe('sms:85258?body=SHOUT');
    expect(textLink('Envía HOLA al 70 999')).toBe('sms:70999?body=HOLA');
    expect(textLink('Text 988')).toBe('sms:988');
    expect(textLink('Text 988. In Spanish, text AYUDA to 988.')).toBe('sms:988');
    expect(textLink('+44 7700-900123')).toBe('sms:+447700900123');
  });
});

describe('sentence', () => {
  it('begins with a capital and ends with a stop', () => {
    expect(sentence('there is no such record')).toBe('There is no such record.');
    expect(sentence('Is it you?')).toBe('Is it you?');
  });
});
