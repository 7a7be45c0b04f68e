import { CANARIES, findLeaks } from './canaries.js';

describe('findLeaks', () => {
  it.each([
    ['a number', 'to 972587654321 now'],
    ['a number as people write it', 'to +972 58-765-4321 now'],
    ['a key', `key=${CANARIES.apiKey}`],
    ['a key in base 64', Buffer.from(CANARIES.apiKey).toString('base64')],
    ['a caption in a URL', '?c=canary%20caption%20of%20a%20file'],
  ])('finds %s', (_, text) => {
    expect(findLeaks([{ where: 'here', text }])).toHaveLength(1);
  });

  it('lets masked ones be', () => {
    expect(findLeaks([{ where: 'here', text: '972…21 IL.160…13 https://files.example.com/a.pdf' }])).toEqual(
      [],
    );
  });
});
