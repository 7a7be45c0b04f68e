import { bad, good, type Kind, listOf, SECRET_SHOWN, secretText } from './kinds.js';

const TOKEN = /^[A-Za-z0-9._~-]{16,}$/;

const webhookToken: Kind<string> = {
  ...secretText,
  expected: 'at least 16 of A-Za-z0-9._~- per token, several separated by commas',
  parse: (text) =>
    TOKEN.test(text) ? good(text) : bad('has a token that is too short or has other characters'),
};

/** All are valid at once, so that one can be replaced while callbacks arrive by the other. */
export const webhookTokens = listOf(webhookToken, webhookToken.expected);

const dataKey: Kind<Buffer> = {
  expected: '32 bytes in base64 or hex, several separated by commas, the first encrypts',
  parse: (text) => {
    const key = Buffer.from(text, /^[\da-fA-F]{64}$/.test(text) ? 'hex' : 'base64');
    return key.length === 32 ? good(key) : bad('has a key that is not 32 bytes long');
  },
  show: () => SECRET_SHOWN,
};

export const dataKeys = listOf(dataKey, dataKey.expected);
