/** Measures each in its turn, round by round: what disturbs the machine for a while disturbs all of them. */
export async function alternate<Figure>(
  rounds: number,
  measures: readonly (() => Promise<Figure>)[],
): Promise<readonly (readonly Figure[])[]> {
  const figures: Figure[][] = measures.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, measure] of measures.entries()) figures[index]?.push(await measure());
  }
  return figures;
}
