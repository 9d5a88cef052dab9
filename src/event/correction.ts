import { z } from 'zod';
import { clinicalKinds } from './clinical.ts';
import { extra, situation, transport } from './envelope.ts';
import { exampleEnvelope, exampleProgram, examplePump } from './kind.ts';

const about =
  'An earlier event was reported wrongly: `replaces` names it, `event` restates it in full, at the time it happened. ' +
  'What happened later (a reprogramming, a restart) is an event of its own.';

const restated = z.discriminatedUnion('type', clinicalKinds.map((kind) => kind.restated) as unknown as RestatedOptions);

type RestatedOptions = [(typeof clinicalKinds)[number]['restated'], ...(typeof clinicalKinds)[number]['restated'][]];

export const correction = {
  type: 'correction',
  about,
  schema: z
    .strictObject({
      type: z.literal('correction'),
      ...transport,
      ...situation,
      replaces: z
        .string()
        .min(1)
        .max(200)
        .meta({ description: 'Source event id, same source system, of the event corrected.' }),
      event: restated,
      reason: z.string().min(1).max(2000).optional(),
      extra,
    })
    .meta({ title: 'correction', description: about }),
  example: {
    ...exampleEnvelope('correction'),
    occurredAt: '2024-06-26T09:00:00-04:00',
    replaces: 'R-000123',
    event: {
      type: 'refill',
      occurredAt: '2024-06-25T10:00:00-04:00',
      pump: examplePump,
      fill: { volumeMl: 38, concentrationUgPerMl: 500 },
      program: exampleProgram,
    },
    reason: 'ampoule label read again',
  } as Record<string, unknown>,
} as const;
