/** What a rival looks for in the provider's answer. @throws Error when the file was not accepted */
export function uniqueOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'OK') {
    if ('unique' in answer && typeof answer.unique === 'string') return answer.unique;
  }
  throw new Error(`not accepted: ${JSON.stringify(answer)}`);
}
