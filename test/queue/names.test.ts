import fc from 'fast-check';
import { deliveryIdOf, jobIdOf, refusedIdOf } from '../../src/queue/names.js';
import { DELIVERY_ID } from '../../src/queue/request.js';

describe('the delivery of a job', () => {
  it.each([
    ['d-invoice-7', 'invoice-7'],
    ['d-d-7', 'd-7'],
    ['d-dlv_01JDAXR4Y0', 'dlv_01JDAXR4Y0'],
    ['17', 'j~17'],
    ['invoice 7', 'j~invoice~207'],
    ['d-inv 7', 'j~d-inv~207'],
    ['d-', 'j~d-'],
    ['D-invoice-7', 'j~D-invoice-7'],
    ['d-j~17', 'j~d-j~7E17'],
    ['j~17', 'j~j~7E17'],
    ['a~b', 'j~a~7Eb'],
    ['a%20b', 'j~a~2520b'],
    ["it's (1)!*", 'j~it~27s~20~281~29~21~2A'],
    ['repeat:daily:1764500000000', 'j~repeat~3Adaily~3A1764500000000'],
    ['חשבון', 'j~~D7~97~D7~A9~D7~91~D7~95~D7~9F'],
    ['a\nb', 'j~a~0Ab'],
  ])('of %j is %s', (jobId, id) => {
    expect(deliveryIdOf(jobId)).toBe(id);
    expect(jobIdOf(id)).toBe(jobId);
  });

  it.each([
    ['nothing', ''],
    ['a surrogate alone', 'smile \ud83d'],
    ['what Redis makes of one', 'smile \uFFFD'],
    ['two in the wrong order', '\ude00\ud83d'],
    ['129 characters of our own', `d-${'x'.repeat(129)}`],
    ['127 of others', 'x'.repeat(127)],
    ['22 letters of three bytes', '\u4e2d'.repeat(22)],
  ])('is none of %s', (_, jobId) => {
    expect(deliveryIdOf(jobId)).toBeNull();
    expect(DELIVERY_ID.test(refusedIdOf(jobId))).toBe(false);
  });

  const jobIds = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.stringMatching(/^(d-)?(j~)?[\w~%. :-]{0,20}$/),
    fc.nat().map(String),
  );

  it('leads back to its job, whatever that is called', () => {
    fc.assert(
      fc.property(jobIds, (jobId) => {
        const id = deliveryIdOf(jobId);
        return id === null || (/^[\w.~-]{1,128}$/.test(id) && jobIdOf(id) === jobId);
      }),
    );
  });

  it('is that of no other job, and of no request', () => {
    fc.assert(
      fc.property(jobIds, jobIds, (one, other) => {
        const [id, otherId] = [deliveryIdOf(one), deliveryIdOf(other)];
        if (id !== null && id === otherId && one !== other) return false;
        return id === null || !DELIVERY_ID.test(id) || jobIdOf(id) === `d-${id}`;
      }),
    );
  });
});
