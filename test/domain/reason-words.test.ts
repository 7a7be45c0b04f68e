import {
  endInWords,
  failureInWords,
  foundInWords,
  reasonInWords,
  receiptInWords,
  statusInWords,
} from '../../src/domain/reason-words.js';

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

describe('why a message failed after it was accepted', () => {
  it.each([
    ['8', null, 'reported failed, code 8: needs a template'],
    ['99', null, 'reported failed, code 99'],
    ['131026', 'Message undeliverable', 'reported failed, code 131026: Message undeliverable'],
    [null, 'not on\nWhatsApp', 'reported failed: not on WhatsApp'],
    [null, null, 'reported failed'],
  ])('%s and %j: %s', (failureCode, failureReason, words) => {
    expect(failureInWords({ failureCode, failureReason })).toBe(words);
  });

  it.each([
    ['failed', 'receipt', 'failed: reported failed, code 8: needs a template'],
    ['failed', '', 'failed: reported failed, code 8: needs a template'],
    ['failed', 'unconfirmed', `failed: ${reasonInWords('unconfirmed')}`],
    ['failed', '4', 'failed: FAIL 4: recipient empty or malformed'],
    ['delivered', '', 'delivered'],
    ['accepted', 'operator', 'accepted: an operator said so'],
  ] as const)('stands in the line of one that is %s for %j', (status, reason, words) => {
    expect(endInWords({ status, reason, failureCode: '8', failureReason: null })).toBe(words);
  });
});

it('says what a receipt without a status of its own is', () => {
  expect(receiptInWords('unconfirmed')).toBe('ack 0 without a reason: not sent yet, or failed');
  expect(receiptInWords('sent')).toBe('sent');
});

it('says what the history showed', () => {
  expect(foundInWords('absent')).toBe('does not show the message');
  expect(foundInWords('of_a_later_version')).toBe('of a later version');
});
