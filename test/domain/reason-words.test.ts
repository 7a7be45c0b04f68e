import { failureInWords, foundInWords, reasonInWords, statusInWords } from '../../src/domain/reason-words.js';

describe('reasonInWords', () => {
  it.each([
    ['', ''],
    ['ok', ''],
    ['window', 'the customer window is closed until the recipient writes'],
    ['6', 'FAIL 6: WhatsApp error, try again'],
    ['77', 'FAIL 77: reason not listed'],
    ['http_429', 'HTTP 429: too many requests'],
    ['holiday', 'holiday'],
    ['some_new_word', 'some new word'],
    ['two\nlines\u2028and more', 'two lines and more'],
  ])('says %j as %j', (reason, words) => {
    expect(reasonInWords(reason)).toBe(words);
  });
});

it('says a status with its reason, and alone where there is none', () => {
  expect(statusInWords('held', 'budget')).toBe('held: the budget for new sessions is used up');
  expect(statusInWords('accepted', 'ok')).toBe('accepted');
});

it('says why a message failed after it was accepted', () => {
  expect(failureInWords('8')).toBe('reported failed, code 8: needs a template');
  expect(failureInWords('99')).toBe('reported failed, code 99');
});

it('says what the history showed', () => {
  expect(foundInWords('absent')).toBe('does not show the message');
  expect(foundInWords('of_a_later_version')).toBe('of a later version');
});
