import type { App } from '../app.ts';
import { type Problem, problem } from '../event/problem.ts';
import { readCsvText } from '../intake/csv/read.ts';
import { readFhir } from '../intake/fhir/read.ts';
import { readHl7v2 } from '../intake/hl7v2/read.ts';
import type { Format, Item, Unused } from '../intake/item.ts';
import { readEvents } from '../intake/json.ts';
import type { Sender } from './senders.ts';

/** What a format's reader made of one whole. */
export interface WhatWasRead {
  readonly items: readonly Item[];
  readonly unused: readonly Unused[];
  /** Name of the field map by which it was read. */
  readonly source?: string | undefined;
  /** The whole could not be read (nothing in it, or too much): there are no items, and nothing of it is kept. */
  readonly unreadable?: Problem | undefined;
}

export interface ToRead {
  readonly format: Format;
  /** Name of the field map, where it is known already; else the reader finds the one that fits. */
  readonly source?: string | undefined;
  readonly text: string;
  /** Who sent it: what a test sender sends is a test, and who reports for one system need not name it. */
  readonly sender?: Pick<Sender, 'environment' | 'systems'> | undefined;
}

/** Reads text in the format that it was sent in: a message that just arrived, one that waited, one that is retried. */
export function readAs(app: Pick<App, 'config' | 'codes' | 'sources'>, whole: ToRead): WhatWasRead {
  return withinLimit(app, readWhole(app, whole));
}

/** Of every format: what holds more at once would keep everybody else waiting while it is made durable. */
export function withinLimit({ config }: Pick<App, 'config'>, read: WhatWasRead): WhatWasRead {
  const { maxEvents } = config.intake;
  if (read.items.length <= maxEvents) return read;
  const unreadable = problem('too-many-events', `more than ${maxEvents} events; \`itb-fhir import\` takes any number`);
  return { items: [], unused: [], source: read.source, unreadable };
}

function readWhole(app: Pick<App, 'config' | 'codes' | 'sources'>, whole: ToRead): WhatWasRead {
  const { format, source, text, sender } = whole;
  const { sources, codes } = app;
  const { maxEvents, maxDepth } = app.config.intake;
  const sourceSystem = sender?.systems?.length === 1 ? sender.systems[0] : undefined;
  switch (format) {
    case 'json':
    case 'ndjson': {
      const items = readEvents(text, format, { maxEvents, maxDepth });
      return 'problem' in items ? { items: [], unused: [], unreadable: items.problem } : { items, unused: [] };
    }
    case 'csv':
      return readCsvText(text, { sources, source, sourceSystem, test: sender?.environment === 'test' });
    case 'hl7v2': {
      const environment = sender?.environment;
      const reads = readHl7v2(text, { sources, source, sourceSystem, environment, maxMessages: maxEvents });
      const items = reads.flatMap((read) => read.items);
      return { items, unused: reads.flatMap(({ unused }) => unused), source: source ?? reads[0]?.source };
    }
    case 'fhir':
      return readFhir(text, {
        ...{ codes, maxEvents, maxDepth, sourceSystem },
        siteTimeZone: app.config.therapy.siteTimeZone,
        patientSystems: app.config.patientSystems,
      });
  }
}
