import { bad, good, type Kind, listOf, secretText } from './kinds.js';

const TOKEN = /^[A-Za-z0-9._~-]{16,}$/;

const webhookToken: Kind<string> = {
  ...secretText,
  expected: 'at least 16 of A-Za-z0-9._~- per token, several separated by commas',
  parse: (text) =>
    TOKEN.test(text) ? good(text) : bad('has a token that is too short or has other characters'),
};

/** All are valid at once, so that one can be replaced while callbacks arrive by the other. */
export const webhookTokens = listOf(webhookToken, webhookToken.expected);
