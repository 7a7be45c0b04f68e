/** Measures each in its turn, round by round and every other one backwards: what disturbs the machine disturbs all. */
export async function alternate<Figure>(
  rounds: number,
  measures: readonly (() => Promise<Figure>)[],
): Promise<readonly (readonly Figure[])[]> {
  const figures: Figure[][] = measures.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const inTurn = [...measures.entries()];
    for (const [index, measure] of round % 2 === 0 ? inTurn : inTurn.reverse()) {
      figures[index]?.push(await measure());
    }
  }
  return figures;
}
