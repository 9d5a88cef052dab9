import type { Coding, Observation } from '@medplum/fhirtypes';
import type { EventReport } from './tailored.ts';

/** What a destination is told in words: an event, or that something there is no longer right. Each channel sends it its own way. */
export interface Page {
  /** Of the page, whatever channel it goes by. */
  readonly identity: string;
  readonly group: number;
  readonly code: 'event-report' | 'correction';
  readonly title: string;
  /** Lines of at most 100 characters, parted by LF. */
  readonly text: string;
  /** The event; a correction without one has none. */
  readonly report?: EventReport | undefined;
  /** What the event made that has a value: a message may carry it beside the text. */
  readonly observations: readonly Observation[];
  /** Labels of the resources that it tells of: HTEST, where they are of a test. */
  readonly security?: readonly Coding[] | undefined;
  /** The identity of what stands there and cannot be changed. */
  readonly about?: string | undefined;
  /** Set: what it is `about` is a document, which this one replaces. */
  readonly replaces?: 'document' | undefined;
}
