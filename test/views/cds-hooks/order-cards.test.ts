import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { serviceOf } from '../../../src/views/cds-hooks/offered.ts';
import { orderCards } from '../../../src/views/cds-hooks/order-cards.ts';
import { type OrderCall, readCall } from '../../../src/views/cds-hooks/request.ts';
import { report } from '../../therapy/reports.ts';
import { implant, statusOf } from '../pump-status/status-of.ts';
import { shippedSettings } from './shipped-settings.ts';

const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const snomed = 'http://snomed.info/sct';
const system = 'https://w3id.org/itb-fhir/CodeSystem/itb-card-override';
const coded = (of: string, code: string) => ({ coding: [{ system: of, code }] });
const oral = { route: coded('http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration', 'PO') };
const intrathecal = { route: coded(snomed, '72607000') };

const tablet = (over: object = {}) => ({
  resourceType: 'MedicationRequest',
  id: 'drug',
  status: 'draft',
  medicationCodeableConcept: coded(rxnorm, '197391'),
  ...over,
});

const scan = (over: object = {}) => ({
  resourceType: 'ServiceRequest',
  id: 'scan',
  status: 'draft',
  code: coded(snomed, '113091000'),
  ...over,
});

interface Ordered {
  readonly drafts: readonly object[];
  readonly events?: readonly CanonicalEvent[];
  readonly selections?: readonly string[];
  readonly prefetch?: object;
  readonly own?: Parameters<typeof shippedSettings>[0];
  readonly readThere?: Parameters<typeof orderCards>[3];
}

function callOf({ drafts, selections, prefetch }: Ordered): OrderCall {
  const hook = selections ? 'order-select' : 'order-sign';
  const entry = drafts.map((resource) => ({ resource }));
  const context = { userId: 'Practitioner/n', patientId: 'p1', draftOrders: { resourceType: 'Bundle', entry } };
  const service = serviceOf(`itb-pump-${hook}`);
  const body = { hook, hookInstance: crypto.randomUUID(), context: { ...context, selections }, prefetch };
  const read = service && readCall(service, body);
  if (!read || 'unusable' in read || read.call.hook === 'patient-view') throw new Error('no call');
  return read.call;
}

function cardsFor(ordered: Ordered) {
  const { events = [implant], own, readThere = async () => undefined } = ordered;
  return orderCards(callOf(ordered), statusOf(events), shippedSettings(own), readThere);
}

const codesOf = async (ordered: Ordered) => (await cardsFor(ordered)).cards.map(({ codes }) => codes.join());

const dataAndNotice = ['- Last report of 2024-03-01, 91 days before.', '- Not an alarm or monitoring system.'];

describe('magnetic resonance ordered with a pump in place', () => {
  it('gets what is known of this very pump, which may be that nothing is established', async () => {
    const { cards, isComplete } = await cardsFor({ drafts: [scan()] });
    expect(isComplete).toBe(true);
    expect(cards).toEqual([
      {
        codes: ['magnetic-resonance'],
        summary:
          'TEST PATIENT. Implanted intrathecal baclofen pump. MR status not established: ask the manufacturer and radiology.',
        indicator: 'warning',
        detail: [
          '- Pump in place: Medtronic 8637-40.',
          '- MR status not established: ask the manufacturer and radiology.',
          '- Check the pump with its programmer after the examination.',
          ...dataAndNotice,
        ].join('\n'),
        overrideReasons: [
          {
            system,
            code: 'mr-clarified',
            display: 'MR status clarified with manufacturer and radiology',
          },
          { system, code: 'pump-team-informed', display: 'Pump team informed' },
          { system, code: 'planned', display: 'Known and planned for' },
          { system, code: 'not-relevant-now', display: 'Not relevant to this visit' },
        ],
      },
    ]);
  });

  it('gets what a label says of the reference number, with its region and date', async () => {
    const status = statusOf([implant]);
    const [pump] = status.pumps;
    const words = 'MR unsafe [any] field.';
    const statement = { status: 'mr-unsafe' as const, region: 'US', labelDate: null, verified: false, words };
    const magneticResonance = { statements: [statement], words: 'MR status not established.' };
    const pumps = pump ? [{ ...pump, magneticResonance }] : [];
    const call = callOf({ drafts: [scan()] });
    const { cards } = await orderCards(call, { ...status, pumps }, shippedSettings(), async () => undefined);
    expect(cards[0]?.detail.split('\n').slice(0, 4)).toEqual([
      '- Pump in place: Medtronic 8637-40.',
      '- MR unsafe \\[any\\] field. (Region US, label without a date, not verified.)',
      '- MR status not established.',
      '- Check the pump with its programmer after the examination.',
    ]);
    const dated = { ...statement, labelDate: '2020-05', verified: true };
    const known = pump ? [{ ...pump, magneticResonance: { ...magneticResonance, statements: [dated] } }] : [];
    const again = await orderCards(call, { ...status, pumps: known }, shippedSettings(), async () => undefined);
    expect(again.cards[0]?.detail).toContain('(Region US, label of 2020-05.)');
  });

  it.each([
    [
      'in its category',
      { code: { text: 'brain' }, category: [coded('http://terminology.hl7.org/CodeSystem/v2-0074', 'NMR')] },
    ],
    ['in its detail', { code: undefined, orderDetail: [coded('http://dicom.nema.org/resources/ontology/DCM', 'MR')] }],
    ['as service type', { code: coded('http://terminology.hl7.org/CodeSystem/service-type', '211') }],
  ])('is recognised %s', async (_where, over) => {
    expect(await codesOf({ drafts: [scan(over)] })).toEqual(['magnetic-resonance']);
  });

  it.each([
    ['in words alone', { code: { text: 'MRI of the brain' } }],
    ['by a code of another system', { code: coded('urn:local', '113091000') }],
    ['that is cancelled', { status: 'cancelled' }],
    ['that was revoked', { status: 'revoked' }],
    ['that must not be done', { doNotPerform: true }],
  ])('%s is no order of it', async (_what, over) => {
    expect(await codesOf({ drafts: [scan(over)] })).toEqual([]);
  });

  it('is recognised by a code that the site adds', async () => {
    const own = { orders: { magneticResonance: [{ system: 'urn:local', code: 'MRI-1' }] } };
    expect(await codesOf({ drafts: [scan({ code: coded('urn:local', 'MRI-1') })], own })).toEqual([
      'magnetic-resonance',
    ]);
  });

  it('is told of nothing where there is no pump, or it was taken out', async () => {
    const explant = report('explant', 'X', '2024-05-06T10:00:00-04:00', { cause: 'other' });
    expect(await codesOf({ drafts: [scan(), tablet()], events: [implant, explant] })).toEqual([]);
    const dose = report('assessment', 'S', '2024-05-06T10:00:00-04:00', { scale: 'modified-ashworth', value: 2 });
    expect(await codesOf({ drafts: [scan(), tablet()], events: [dose] })).toEqual([]);
  });
});

describe('a drug ordered beside a running pump', () => {
  it('gets a note to confirm, which never interrupts and advises no dose', async () => {
    const { cards } = await cardsFor({ drafts: [tablet()] });
    expect(cards).toEqual([
      {
        codes: ['other-drug'],
        summary:
          'TEST PATIENT. Intrathecal baclofen pump running; baclofen ordered beside it: rescue plan or duplicate? Confirm with the pump team.',
        indicator: 'info',
        detail: [
          '- Ordered: baclofen 10 MG Oral Tablet.',
          '- A pump was reported as delivering intrathecal baclofen.',
          '- The order may be the rescue plan or a duplicate: confirm with the pump team.',
          '- The dose of one route cannot be converted to the other.',
          ...dataAndNotice,
        ].join('\n'),
        overrideReasons: [
          { system, code: 'rescue-plan', display: 'Part of the rescue plan' },
          { system, code: 'intended-together', display: 'Meant beside the pump, as confirmed by the pump team' },
          { system, code: 'pump-team-informed', display: 'Pump team informed' },
          { system, code: 'not-relevant-now', display: 'Not relevant to this visit' },
        ],
      },
    ]);
  });

  it('is one note for all of them; baclofen gives it its name', async () => {
    const diazepam = tablet({ id: 'other', medicationCodeableConcept: coded(rxnorm, '197591') });
    const { cards } = await cardsFor({ drafts: [diazepam, tablet()] });
    expect(cards.map(({ summary }) => summary)).toEqual([expect.stringContaining('baclofen ordered beside it')]);
    expect(cards[0]?.detail).toContain('- Ordered: diazepam 5 MG Oral Tablet.\n- Ordered: baclofen 10 MG Oral Tablet.');
    const { cards: alone } = await cardsFor({ drafts: [diazepam] });
    expect(alone[0]?.summary).toContain('CNS depressant ordered');
  });

  it.each([
    ['as needed', { dosageInstruction: [{ asNeededBoolean: true }] }],
    ['as needed for a reason', { dosageInstruction: [{ asNeededCodeableConcept: { text: 'spasms' } }] }],
    ['into the pump', { dosageInstruction: [intrathecal] }],
    ['that is discontinued', { status: 'stopped' }],
    ['that is cancelled', { status: 'cancelled' }],
    ['that is completed', { status: 'completed' }],
    ['entered in error', { status: 'entered-in-error' }],
    ['that must not be given', { doNotPerform: true }],
    ['in words alone', { medicationCodeableConcept: { text: 'baclofen 10 mg' } }],
    ['named by nothing', { medicationCodeableConcept: undefined, medicationReference: { display: 'baclofen' } }],
    ['that has nothing to do with it', { medicationCodeableConcept: coded(rxnorm, '860975') }],
  ])('%s gets none', async (_what, over) => {
    expect(await codesOf({ drafts: [tablet(over)] })).toEqual([]);
  });

  it('given both regularly and as needed gets one', async () => {
    const dosageInstruction = [
      { asNeededBoolean: true, ...oral },
      { asNeededBoolean: false, ...oral },
    ];
    expect(await codesOf({ drafts: [tablet({ dosageInstruction })] })).toEqual(['other-drug']);
  });

  it('gets none as an order of the rescue plan, by the mark of the site', async () => {
    const mark = { system: 'urn:local', code: 'RESCUE' };
    const own = { orders: { rescue: [mark] } };
    const marked = { coding: [mark] };
    expect(await codesOf({ drafts: [tablet({ category: [marked] })], own })).toEqual([]);
    expect(await codesOf({ drafts: [tablet({ reasonCode: [marked] })], own })).toEqual([]);
    expect(await codesOf({ drafts: [tablet({ category: [marked] })] })).toEqual(['other-drug']);
  });

  it('named by its substance alone gets one where the order says another route: else it may be the pump’s own', async () => {
    const substance = { medicationCodeableConcept: coded(snomed, '387342009') };
    expect(await codesOf({ drafts: [tablet(substance)] })).toEqual([]);
    expect(await codesOf({ drafts: [tablet({ ...substance, dosageInstruction: [oral] })] })).toEqual(['other-drug']);
    expect(await codesOf({ drafts: [tablet({ ...substance, dosageInstruction: [intrathecal] })] })).toEqual([]);
    const words = { route: { text: 'by mouth' } };
    expect(await codesOf({ drafts: [tablet({ ...substance, dosageInstruction: [words] })] })).toEqual([]);
  });

  it('gets none when the pump was reported as stopped, and another one when it is not known whether it runs', async () => {
    const stop = report('pump-stop', 'S', '2024-05-05T10:00:00-04:00');
    expect(await codesOf({ drafts: [tablet()], events: [implant, stop] })).toEqual([]);
    const reset = report('alarm', 'R', '2024-05-06T10:00:00-04:00', { code: 'low-battery-reset' });
    const { cards } = await cardsFor({ drafts: [tablet()], events: [implant, reset] });
    expect(cards[0]?.summary).toContain('Intrathecal baclofen pump in place; baclofen ordered beside it');
    expect(cards[0]?.detail).toContain(
      '- A pump for intrathecal baclofen is in place. Whether it delivers is not known here.',
    );
  });

  it('is not told that a pump runs whose delivery is in doubt, and is told what is urgent', async () => {
    const at = '2024-05-05T10:00:00-04:00';
    const { cards } = await cardsFor({
      drafts: [tablet()],
      events: [implant, report('complication', 'W', at, { code: 'withdrawal' })],
    });
    expect(cards[0]?.summary).toContain('Intrathecal baclofen pump in place; baclofen ordered beside it');
    expect(cards[0]?.detail.split('\n').slice(1, 3)).toEqual([
      '- A pump for intrathecal baclofen is in place. Whether it delivers is not known here.',
      '- Withdrawal reported, and not reported as over.',
    ]);
    expect(cards[0]?.indicator).toBe('info');
  });

  it('gets none where the site wants none', async () => {
    const own = { indicators: { 'other-drug': 'off', 'magnetic-resonance': 'off' } } as const;
    expect(await codesOf({ drafts: [tablet(), scan()], own })).toEqual([]);
  });
});

describe('at selection', () => {
  it('only what is being selected is looked at, at signing everything', async () => {
    const drafts = [tablet(), scan()];
    expect(await codesOf({ drafts, selections: ['ServiceRequest/scan'] })).toEqual(['magnetic-resonance']);
    expect(await codesOf({ drafts, selections: ['MedicationRequest/drug'] })).toEqual(['other-drug']);
    expect(await codesOf({ drafts, selections: [] })).toEqual([]);
    expect(await codesOf({ drafts })).toEqual(['magnetic-resonance', 'other-drug']);
  });
});

describe('a drug to which an order refers', () => {
  const medication = { resourceType: 'Medication', id: 'm1', code: coded(rxnorm, '197391') };
  const referring = (reference: string, over: object = {}) =>
    tablet({ medicationCodeableConcept: undefined, medicationReference: { reference }, ...over });

  it('is read in the order, among the drafts, from what the EHR fetched before, and else at the EHR', async () => {
    expect(await codesOf({ drafts: [referring('#m1', { contained: [medication] })] })).toEqual(['other-drug']);
    expect(await codesOf({ drafts: [referring('Medication/m1'), medication] })).toEqual(['other-drug']);
    const medications = { resourceType: 'Bundle', entry: [{ fullUrl: 'urn:uuid:1', resource: medication }] };
    expect(await codesOf({ drafts: [referring('urn:uuid:1')], prefetch: { medications } })).toEqual(['other-drug']);
    const asked: string[] = [];
    const readThere = async (id: string) => {
      asked.push(id);
      return { ...medication, resourceType: 'Medication' as const };
    };
    expect(await codesOf({ drafts: [referring('Medication/m1')], readThere })).toEqual(['other-drug']);
    expect(asked).toEqual(['m1']);
  });

  it.each(['Medication/m1', 'https://elsewhere.example/Medication/m1', '#m1', 'Medication/../Patient/p1'])(
    '%s that cannot be had leaves the answer incomplete',
    async (reference) => {
      expect(await cardsFor({ drafts: [referring(reference)] })).toEqual({ cards: [], isComplete: false });
    },
  );

  it('that cannot be had does not keep back what is known', async () => {
    const { cards, isComplete } = await cardsFor({ drafts: [referring('Medication/m1'), scan()] });
    expect([cards.map(({ codes }) => codes), isComplete]).toEqual([[['magnetic-resonance']], false]);
  });

  it('is not needed for an order that gets no note anyway', async () => {
    const drafts = [referring('Medication/m1', { dosageInstruction: [{ asNeededBoolean: true }] })];
    expect(await cardsFor({ drafts })).toEqual({ cards: [], isComplete: true });
  });
});
