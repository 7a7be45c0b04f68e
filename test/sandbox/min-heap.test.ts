import fc from 'fast-check';
import { MinHeap } from '../../sandbox/callbacks/min-heap.js';

it('gives back what was put in, least first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new MinHeap<number>((one, other) => one - other);
      for (const number of numbers) heap.push(number);
      const taken = numbers.map(() => heap.pop());
      expect(taken).toEqual([...numbers].sort((one, other) => one - other));
      expect([heap.size, heap.peek(), heap.pop()]).toEqual([0, undefined, undefined]);
    }),
  );
});
