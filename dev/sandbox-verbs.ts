import type { CommandHost } from '../src/cli/define.js';
import { addPeopleVerbs } from './sandbox-people.js';
import { addReadingVerbs } from './sandbox-readings.js';
import { addStageVerbs } from './sandbox-stage.js';
import { addTellingVerbs } from './sandbox-telling.js';

/** All of the control API by name: the clients' part of the story, trouble, and what was seen. */
export function addSandboxVerbs(sandbox: CommandHost): void {
  addPeopleVerbs(sandbox);
  addStageVerbs(sandbox);
  addTellingVerbs(sandbox);
  addReadingVerbs(sandbox);
}
