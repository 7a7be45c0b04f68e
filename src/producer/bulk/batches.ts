/** Cuts what comes at once into pieces of so many at most. */
export async function* inBatches<Source>(
  source: AsyncIterable<readonly Source[]>,
  most: number,
): AsyncGenerator<readonly Source[], void, undefined> {
  for await (const some of source) {
    for (let start = 0; start < some.length; start += most) yield some.slice(start, start + most);
  }
}
