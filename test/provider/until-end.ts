type Resource = { close(): Promise<void> };

const opened: Resource[] = [];

/** Closes the resource when the test ends, failed or not. */
export function untilEnd<T extends Resource>(resource: T): T {
  opened.push(resource);
  return resource;
}

afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource.close();
});
