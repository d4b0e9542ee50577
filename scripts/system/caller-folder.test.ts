import { expect, it } from 'vitest';
import { callerFolder } from './caller-folder.ts';

it('is where npm was started, and without npm the current folder', () => {
  expect(callerFolder({ npm_lifecycle_event: 'render', INIT_CWD: '/from' })).toBe('/from');
  expect(callerFolder({ INIT_CWD: '/left/over' })).toBe(process.cwd());
  expect(callerFolder({})).toBe(process.cwd());
});
