import type { Spoiled } from './spoiled.ts';

/** Pages for readers that must not leave. */
export const spoiledReports: readonly Spoiled[] = [
  {
    name: 'a report whose text lies elsewhere',
    example: 'example-report',
    change: { 'content.0.attachment.data': undefined, 'content.0.attachment.url': 'https://hospital.example.org/1' },
    finds: 'invariant itb-rep-text',
  },
  {
    name: 'a report that begins with something else than plain text',
    example: 'example-report',
    change: { 'content.0.attachment.contentType': 'application/pdf' },
    finds: 'invariant itb-rep-text',
  },
  {
    name: 'a report that is appended to another',
    example: 'example-report',
    change: { 'relatesTo.0.code': 'appends' },
    finds: 'invariant itb-rep-replaces',
  },
  {
    name: 'a report that replaces two',
    example: 'example-report',
    change: { 'relatesTo.1': { code: 'replaces', target: { reference: 'DocumentReference/other' } } },
    finds: 'invariant itb-rep-replaces',
  },
  {
    name: 'an entry of the worklist without a text to enter',
    example: 'example-worklist-entry',
    change: { 'input.1': undefined },
    finds: 'invariant itb-wrk-text',
  },
  {
    name: 'a refill due on another day than the task says',
    example: 'example-refill-task',
    change: { 'restriction.period.end': '2025-05-30' },
    finds: 'invariant itb-rtk-due',
  },
];
