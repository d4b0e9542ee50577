import type { CalendarEntry } from './calendar.ts';

/** Octets of a line, without its end. @see RFC 5545, section 3.1 */
const LINE = 75;
const DAY_MS = 86_400_000;

/**
 * The calendar as a file that calendar programs subscribe to: one all-day event for each entry, with a reminder before it. The same entries
 * give the same event ids, so that an import updates what is there.
 * @param now stamp of the file
 * @param days how long before the day the reminder comes
 */
export function icsOf(entries: readonly CalendarEntry[], now: Date, days: number): string {
  const events = entries.flatMap((entry) => [
    'BEGIN:VEVENT',
    `UID:${idOf(entry)}`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART;VALUE=DATE:${day(entry.at)}`,
    `DTEND;VALUE=DATE:${day(new Date(entry.at.getTime() + DAY_MS))}`,
    `SUMMARY:${escaped(`${entry.cluster}: ${entry.what}${entry.kind === 'retirement' ? '' : ' ends'}`)}`,
    `DESCRIPTION:${escaped(`${entry.file}\n${entry.command}`)}`,
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${escaped(entry.command)}`,
    `TRIGGER:-P${days}D`,
    'END:VALARM',
    'END:VEVENT',
  ]);
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//ai-spm-mesh//rotate//EN', ...events, 'END:VCALENDAR'];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function idOf({ cluster, kind, what, at }: CalendarEntry): string {
  return `${[cluster, kind, what, stamp(at)].join('-').replace(/[^A-Za-z0-9]+/g, '-')}@ai-spm-mesh`;
}

function stamp(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll('-', '');
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');
}

/** Never in the middle of a character. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  for (const character of line) {
    if (Buffer.byteLength(part + character) > (parts.length === 0 ? LINE : LINE - 1)) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part].join('\r\n ');
}
