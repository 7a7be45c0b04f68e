import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { apps, commands } from '../../scripts/chromium.json';

/** Starts the system's Chromium, headless; the caller closes it. */
export function openBrowser(): Promise<Browser> {
  // Without a sandbox of its own it also runs as root, as in a container.
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
}

function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = [...folders.flatMap((folder) => commands.map((command) => join(folder, command))), ...apps];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error('chromium is needed on PATH: node scripts/test.mjs installs it');
  return found;
}
