type Resource = { close(): Promise<void> };

/** What `untilEnd` is given is closed when the test ends, failed or not. */
export function withUntilEnd(): <T extends Resource>(resource: T) => T {
  const opened: Resource[] = [];
  afterEach(async () => {
    for (const resource of opened.splice(0).reverse()) await resource.close();
  });
  return (resource) => {
    opened.push(resource);
    return resource;
  };
}
