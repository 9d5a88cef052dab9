import type { AllergyIntolerance, Bundle, CareTeam, MedicationRequest, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { hospitalStatus } from '../../../src/views/app/page/hospital-status.ts';
import { leftOpen, type RecordField, recordLists } from '../../../src/views/app/page/record-lists.ts';
import { recordOf, somebody, writtenThere } from './hospital-record.ts';

const base = 'https://ehr.test/fhir';
const asOf = '2024-08-01T12:00:00Z';
const subject = { reference: 'Patient/there' };
const stated = { method: 'reported', asOf, source: { system: 'the hospital’s record' } };
const nothingKnown = { value: null, method: 'unknown', asOf: null, source: null };
const noneFound = {
  value: null,
  ...stated,
  words: expect.stringMatching(/^None found in the hospital’s record, (31 Jul|1 Aug|2 Aug) 2024, \d\d:\d\d .+\.$/),
};
const noneBeside = {
  ...noneFound,
  words: expect.stringMatching(/^None found in the hospital’s record beside what the pump adapter wrote there, /),
};
const holdsMore = 'Not all of it: the hospital’s record holds more.';

type Answers = Readonly<Record<string, Bundle | string | Error | undefined>>;

/** `answers` by the path of the search; `asked` collects the addresses. */
async function read(fields: readonly RecordField[], answers: Answers, scope?: string, asked: string[] = []) {
  const get = async (address: string): Promise<unknown> => {
    asked.push(address);
    const answer = answers[address] ?? answers[address.split('?')[0] ?? ''];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return recordLists(fields, 'there', asOf, { serverUrl: base, scope, get });
}

const bundle = (resources: readonly object[], next?: string): Bundle => ({
  resourceType: 'Bundle',
  type: 'searchset',
  ...(next !== undefined && {
    link: [
      { relation: 'self', url: 'x' },
      { relation: 'next', url: next },
    ],
  }),
  entry: resources.map((resource) => ({ resource: resource as Resource })),
});

const order = (over: Partial<MedicationRequest> | string): MedicationRequest => ({
  ...{ resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject },
  ...(typeof over === 'string' ? { medicationCodeableConcept: { text: over } } : over),
});
const allergy = (text: string, over: Partial<AllergyIntolerance> = {}): AllergyIntolerance => ({
  ...{ resourceType: 'AllergyIntolerance', patient: subject, code: { text } },
  ...over,
});
const coded = (code: string) => ({ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/any', code }] });
const team = (over: Partial<CareTeam>): CareTeam => ({ resourceType: 'CareTeam', status: 'active', ...over });

const medicationOf = async (...orders: readonly MedicationRequest[]) =>
  read(['currentMedication', 'prnDrugs'], { MedicationRequest: bundle(orders) });
const allergiesOf = async (...all: readonly AllergyIntolerance[]) =>
  (await read(['allergies'], { AllergyIntolerance: bundle(all) })).allergies;
const teamOf = async (...teams: readonly CareTeam[]) =>
  (await read(['careTeam'], { CareTeam: bundle(teams) })).careTeam?.value;

describe('what a plan leaves open', () => {
  it('is nothing where it says everything, and is not what is only not shown', async () => {
    const { carePlan } = hospitalStatus(await recordOf(writtenThere('infection-explant-and-reimplant')), asOf);
    expect(leftOpen(carePlan)).toEqual([]);
    const open = { ...nothingKnown, method: 'unknown' } as const;
    const hidden = { ...nothingKnown, method: 'withheld' } as const;
    expect(leftOpen({ ...carePlan, allergies: open, careTeam: hidden })).toEqual(['allergies']);
  });

  it('is all four where there is no plan', async () => {
    expect(leftOpen(hospitalStatus(await recordOf([somebody]), asOf).carePlan)).toEqual([
      'prnDrugs',
      'allergies',
      'currentMedication',
      'careTeam',
    ]);
  });
});

describe('the searches for it', () => {
  it('are by patient, for what is active, and only for what was left open', async () => {
    const asked: string[] = [];
    await read(['prnDrugs', 'allergies', 'currentMedication', 'careTeam'], {}, undefined, asked);
    expect(asked).toEqual([
      'MedicationRequest?patient=there&status=active&_count=50',
      'AllergyIntolerance?patient=there&_count=50',
      'CareTeam?patient=there&status=active&_count=50',
    ]);
    for (const [field, type] of [
      ['prnDrugs', 'MedicationRequest'],
      ['currentMedication', 'MedicationRequest'],
      ['allergies', 'AllergyIntolerance'],
      ['careTeam', 'CareTeam'],
    ] as const) {
      const one: string[] = [];
      const lists = await read([field], {}, undefined, one);
      expect([one.map((address) => address.split('?')[0]), Object.keys(lists)]).toEqual([[type], [field]]);
    }
  });

  it('are not sent without the scope, and then nothing is known', async () => {
    const asked: string[] = [];
    const lists = await read(['allergies', 'careTeam'], { CareTeam: bundle([]) }, 'patient/CareTeam.rs', asked);
    expect(asked).toEqual(['CareTeam?patient=there&status=active&_count=50']);
    expect(lists).toEqual({ allergies: nothingKnown, careTeam: noneFound });
  });

  it.each([
    ['that fails', new Error('403')],
    ['without an answer', undefined],
    ['answered by a text', 'sign in'],
    ['answered by something else', { resourceType: 'OperationOutcome' } as unknown as Bundle],
  ])('one %s leaves the list unknown, and the others stand', async (_what, answer) => {
    const lists = await read(['allergies', 'careTeam'], { AllergyIntolerance: answer, CareTeam: bundle([]) });
    expect(lists).toEqual({ allergies: nothingKnown, careTeam: noneFound });
  });

  it('follow the next page twice at most, and then say that there is more', async () => {
    const asked: string[] = [];
    const page = (n: number) => `${base}?page=${n}`;
    const answers = {
      AllergyIntolerance: bundle([allergy('latex')], page(2)),
      [page(2)]: bundle([allergy('iodine')], page(3)),
      [page(3)]: bundle([allergy('nuts')], page(4)),
      [page(4)]: bundle([allergy('dust')]),
    };
    const { allergies } = await read(['allergies'], answers, undefined, asked);
    expect(asked.slice(1)).toEqual([page(2), page(3)]);
    expect(allergies).toEqual({ value: ['latex', 'iodine', 'nuts'], ...stated, words: holdsMore });
    const whole = await read(['allergies'], { ...answers, [page(3)]: bundle([allergy('nuts')]) });
    expect(whole.allergies).toEqual({ value: ['latex', 'iodine', 'nuts'], ...stated });
  });

  it('take a next page by an address from the FHIR base', async () => {
    const { allergies } = await read(['allergies'], {
      AllergyIntolerance: bundle([allergy('latex')], 'AllergyIntolerance?page=2'),
      [`${base}/AllergyIntolerance?page=2`]: bundle([allergy('iodine')]),
    });
    expect(allergies).toEqual({ value: ['latex', 'iodine'], ...stated });
  });

  it.each(['https://elsewhere.test/fhir?page=2', 'http://ehr.test/fhir?page=2', 'https://'])(
    'send the token nowhere else, whatever a next link says (%s)',
    async (next) => {
      const asked: string[] = [];
      const answers = { AllergyIntolerance: bundle([allergy('latex')], next) };
      const { allergies } = await read(['allergies'], answers, undefined, asked);
      expect([asked.length, allergies]).toEqual([1, { value: ['latex'], ...stated, words: holdsMore }]);
    },
  );

  it('keep what was found where a further page fails', async () => {
    const answers = { AllergyIntolerance: bundle([allergy('latex')], `${base}?page=2`), [base]: new Error('500') };
    expect((await read(['allergies'], answers)).allergies).toEqual({ value: ['latex'], ...stated, words: holdsMore });
  });

  it('of nothing, with more to come that cannot be read, leave the list unknown', async () => {
    const answers = { AllergyIntolerance: bundle([], `${base}?page=2`), [base]: new Error('500') };
    expect((await read(['allergies'], answers)).allergies).toEqual(nothingKnown);
  });

  it.each([
    [{ severity: 'warning', code: 'suppressed' }, 'hidden'],
    [{ severity: 'information', code: 'incomplete' }, 'hidden'],
    [{ severity: 'error', code: 'processing' }, 'hidden'],
    [{ severity: 'fatal', code: 'exception' }, 'hidden'],
    [{ severity: 'warning', code: 'not-found' }, 'nothing hidden'],
  ])('heed what the server says beside its answer (%o: %s)', async (issue, says) => {
    const outcome = { resourceType: 'OperationOutcome', issue: [issue] };
    const none = await read(['allergies'], { AllergyIntolerance: bundle([outcome]) });
    expect(none.allergies).toEqual(says === 'hidden' ? nothingKnown : noneFound);
    const some = await read(['allergies'], { AllergyIntolerance: bundle([allergy('latex'), outcome]) });
    expect(some.allergies?.words).toBe(says === 'hidden' ? holdsMore : undefined);
  });
});

describe('medication of the hospital’s record', () => {
  it('is every active order by name and dosage; those as needed stand once more by themselves', async () => {
    const asNeeded = { asNeededBoolean: true, text: '1 tablet' };
    expect(
      await medicationOf(
        order({
          medicationCodeableConcept: { text: 'Diazepam 2 mg' },
          dosageInstruction: [{ text: 'at night' }, { text: 'for a week' }],
        }),
        order({ medicationCodeableConcept: { text: 'Baclofen 10 mg' }, dosageInstruction: [asNeeded] }),
        order({
          medicationCodeableConcept: { coding: [{ code: '1' }, { code: '2', display: 'Tizanidine' }] },
          dosageInstruction: [{ asNeededCodeableConcept: { text: 'spasm' } }],
        }),
      ),
    ).toEqual({
      currentMedication: {
        value: [
          'Diazepam 2 mg, at night, for a week',
          'Baclofen 10 mg, 1 tablet (ordered as needed)',
          'Tizanidine (ordered as needed)',
        ],
        ...stated,
      },
      prnDrugs: {
        value: ['Baclofen 10 mg, 1 tablet (ordered as needed)', 'Tizanidine (ordered as needed)'],
        ...stated,
      },
    });
  });

  it('leaves out what the adapter wrote there: the page shows it from the reports', async () => {
    const profile = 'https://w3id.org/itb-fhir/StructureDefinition/any';
    const tag = { system: 'https://w3id.org/itb-fhir/CodeSystem/itb-sync', code: 'any' };
    const drug = { medicationCodeableConcept: { text: 'Baclofen for intrathecal use' } };
    const ours = [order({ ...drug, meta: { profile: [profile] } }), order({ ...drug, meta: { tag: [tag] } })];
    const others = order({ ...drug, meta: { profile: ['https://other.test/profile'], tag: [{ code: 'any' }] } });
    expect((await medicationOf(...ours)).currentMedication).toEqual(noneBeside);
    expect((await medicationOf(...ours, others)).currentMedication?.value).toEqual(['Baclofen for intrathecal use']);
  });

  it('without an order as needed says that none was found', async () => {
    const lists = await medicationOf(order('Diazepam'));
    expect([lists.currentMedication?.value, lists.prnDrugs]).toEqual([['Diazepam'], noneFound]);
  });

  it('leaves out what is not active, whatever the server answers', async () => {
    const others = (['entered-in-error', 'stopped', 'on-hold', 'draft'] as const).map((status) =>
      order({ medicationCodeableConcept: { text: status }, status }),
    );
    expect((await medicationOf(...others)).currentMedication).toEqual(noneFound);
  });

  it('says what is only proposed, and what is forbidden', async () => {
    const lists = await medicationOf(
      order({ medicationCodeableConcept: { text: 'A' }, intent: 'proposal' }),
      order({ medicationCodeableConcept: { text: 'B' }, intent: 'option' }),
      order({ medicationCodeableConcept: { text: 'C' }, intent: 'plan' }),
      order({
        medicationCodeableConcept: { text: 'Tramadol' },
        doNotPerform: true,
        dosageInstruction: [{ asNeededBoolean: true }],
      }),
    );
    expect([lists.currentMedication?.value, lists.prnDrugs]).toEqual([
      ['A (not an order, only put forward)', 'B (not an order, only put forward)', 'C', 'NOT to be given: Tramadol'],
      noneFound,
    ]);
  });

  it('by a reference is named by its display, by what the order contains, or by the Medication', async () => {
    const asked: string[] = [];
    const named = (reference: string, over: object = {}) =>
      order({ medicationReference: { reference }, ...over } as Partial<MedicationRequest>);
    const { currentMedication } = await read(
      ['currentMedication'],
      {
        MedicationRequest: bundle([
          order({ medicationReference: { reference: 'Medication/m0', display: 'Diazepam' } }),
          named('#inside', { contained: [{ resourceType: 'Medication', id: 'inside', code: { text: 'Baclofen' } }] }),
          named('Medication/m1'),
          named(`${base}/Medication/m2`),
          named('Medication/m3'),
          named('Medication/m1'),
        ]),
        Medication: bundle([
          { resourceType: 'Medication', id: 'm2', code: coded('X2') },
          { resourceType: 'Medication', id: 'm1', code: { text: 'Tizanidine' } },
        ]),
      },
      undefined,
      asked,
    );
    expect(currentMedication?.value).toEqual([
      ...['Diazepam', 'Baclofen', 'Tizanidine', 'X2'],
      'a drug that the record does not name',
    ]);
    expect(asked.slice(1)).toEqual(['Medication?_id=m1,m2,m3&_count=50']);
  });

  it('stands without names where the drugs cannot be read', async () => {
    const orders = bundle([order({ medicationReference: { reference: 'Medication/m1' } })]);
    const lists = await read(['currentMedication'], { MedicationRequest: orders }, 'patient/MedicationRequest.rs');
    expect(lists.currentMedication).toEqual({ value: ['a drug that the record does not name'], ...stated });
  });
});

describe('allergies of the hospital’s record', () => {
  it('are told with how grave they are and what they do', async () => {
    const hives = { manifestation: [{ text: 'hives' }, coded('R1')] };
    expect(
      await allergiesOf(
        allergy('Latex', { criticality: 'high', reaction: [hives] }),
        allergy('Iodine', { criticality: 'low', verificationStatus: coded('unconfirmed') }),
        { resourceType: 'AllergyIntolerance', patient: subject },
      ),
    ).toEqual({
      value: ['Latex (high criticality; hives; R1)', 'Iodine (unconfirmed)', 'something that the record does not name'],
      ...stated,
    });
  });

  it.each([
    ['verificationStatus', 'entered-in-error'],
    ['verificationStatus', 'refuted'],
    ['clinicalStatus', 'inactive'],
    ['clinicalStatus', 'resolved'],
  ])('leave out those whose %s is %s', async (element, code) => {
    expect(await allergiesOf(allergy('Latex', { [element]: coded(code) }))).toEqual(noneFound);
  });

  it.each([
    ['verificationStatus', 'confirmed'],
    ['clinicalStatus', 'active'],
  ])('keep those whose %s is %s', async (element, code) => {
    expect((await allergiesOf(allergy('Latex', { [element]: coded(code) })))?.value).toEqual(['Latex']);
  });
});

describe('the care team of the hospital’s record', () => {
  it('is its members with their roles, each once, without the patient', async () => {
    const nurse = { member: { display: 'Nurse Example' }, role: [{ text: 'pump nurse' }] };
    expect(
      await teamOf(
        team({
          name: 'Pump clinic',
          participant: [
            nurse,
            { member: { reference: 'Patient/there', display: 'Rosalind' } },
            { role: [coded('PCP')] },
          ],
        }),
        team({ participant: [nurse, { member: { reference: 'Practitioner/1' } }] }),
      ),
    ).toEqual(['Nurse Example, pump nurse', 'PCP', 'a member whom the record does not name']);
  });

  it('of which no member is told is told by its name', async () => {
    expect(await teamOf(team({ name: 'Pump clinic' }), team({}))).toEqual([
      'Pump clinic',
      'a team that the record does not name',
    ]);
  });

  it.each([
    ['2024-07-31', false],
    ['2024-08-01', true],
    ['2024-07', false],
    ['2024-08', true],
    ['2024', true],
    ['2024-08-01T11:59:59Z', false],
    ['2024-08-01T12:00:00Z', true],
    ['2024-08-01T13:30:00+02:00', false],
  ])('has a member until %s still at noon of 1 August 2024: %s', async (end, isThere) => {
    const leaving = { member: { display: 'Nurse Example' }, period: { end } };
    expect(await teamOf(team({ name: 'Clinic', participant: [leaving] }))).toEqual([
      isThere ? 'Nurse Example' : 'Clinic',
    ]);
  });

  it('that is not active does not count', async () => {
    expect(await teamOf(team({ status: 'inactive', name: 'Old' }))).toBeNull();
  });
});
