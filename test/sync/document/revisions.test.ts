import type { Binary, DocumentReference } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { loadDefinitions, validate } from '../../../src/fhir/validate.ts';
import { documentsOf, withdrawnDocuments } from '../../../src/sync/document/revisions.ts';
import type { Page } from '../../../src/sync/page.ts';
import type { Link } from '../../../src/sync/plan.ts';
import type { TailorContext, Tailored } from '../../../src/sync/tailored.ts';
import { root } from '../../fhir/examples.ts';
import { able, capabilitiesOf, contextOf } from '../destination-context.ts';
import { identifierSystem, identityOf, linksTo } from '../therapy-resources.ts';

const title = 'Intrathecal baclofen pump: refill, 2024-06-25 10:00 -04:00';

const page = (text = 'first\n', changes: Partial<Page> = {}): Page => ({
  identity: identityOf(50),
  group: 3,
  code: 'event-report',
  title,
  text,
  report: {
    group: 3,
    identity: identityOf(50),
    kind: 'refill',
    occurredAt: '2024-06-25T10:00:00-04:00',
    recordedAt: '2024-06-25T14:20:00Z',
  },
  observations: [],
  security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }],
  ...changes,
});

const appendOnly = { capabilities: capabilitiesOf({ DocumentReference: able(['create', 'read']) }) };
const resourceOf = (item: Tailored | undefined) => item?.resource as DocumentReference;
const first = (context: Partial<TailorContext> = {}) => documentsOf(page(), contextOf(context));

describe('the first document of an event', () => {
  it('says what it is, whose, of when, and holds its text', () => {
    expect(first()).toEqual([
      {
        identity: identityOf(50),
        group: 3,
        channel: 'fhir',
        contentHash: first()[0]?.contentHash,
        resource: {
          resourceType: 'DocumentReference',
          meta: {
            profile: ['https://w3id.org/itb-fhir/StructureDefinition/itb-report'],
            security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }],
            tag: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-sync', code: 'itb-adapter' }],
          },
          masterIdentifier: { system: identifierSystem, value: identityOf(50) },
          identifier: [{ system: identifierSystem, value: identityOf(50) }],
          status: 'current',
          docStatus: 'final',
          type: {
            coding: [
              {
                system: 'https://w3id.org/itb-fhir/CodeSystem/itb-report',
                code: 'event-report',
                display: 'Report of a pump event',
              },
            ],
            text: 'Report of a pump event',
          },
          subject: { reference: 'Patient/p1' },
          date: '2024-06-25T14:20:00Z',
          author: [
            {
              identifier: { system: 'https://w3id.org/itb-fhir/CodeSystem/itb-sync', value: 'itb-adapter' },
              display: 'itb-fhir-adapter',
            },
          ],
          description: title,
          content: [
            {
              attachment: {
                contentType: 'text/plain',
                data: 'Zmlyc3QK',
                size: 6,
                hash: 'JxrJPESsGY2S5wbG1vHYSu/Pozc=',
                title,
              },
            },
          ],
          context: { period: { start: '2024-06-25T10:00:00-04:00', end: '2024-06-25T10:00:00-04:00' } },
        },
      },
    ]);
  });

  it('is valid, also as a correction of something that stands there', () => {
    loadDefinitions(`${root}/profiles`);
    const correction = page('x\n', {
      code: 'correction',
      about: identityOf(9),
      report: undefined,
      security: undefined,
    });
    const items = [...first({ settings: { pdf: true } }), ...documentsOf(correction, contextOf())];
    expect(items.flatMap(({ resource }) => validate(resource, { requireProfile: 'always' }))).toEqual([]);
    expect(resourceOf(items[1])).toMatchObject({
      type: { text: 'Correction of an earlier entry' },
      context: { related: [{ reference: `urn:uuid:${identityOf(9)}` }] },
    });
    expect(resourceOf(items[1])).not.toHaveProperty('date');
    expect(resourceOf(items[1]).meta).not.toHaveProperty('security');
  });

  it('holds a PDF beside the text where the site wants one', () => {
    const [text, pdf, ...others] = resourceOf(first({ settings: { pdf: true } })[0]).content;
    expect(text?.attachment.contentType).toBe('text/plain');
    expect(pdf?.attachment.contentType).toBe('application/pdf');
    expect(Buffer.from(pdf?.attachment.data ?? '', 'base64').toString('latin1')).toMatch(/^%PDF-1\.\d/);
    expect(pdf?.attachment.size).toBe(Buffer.from(pdf?.attachment.data ?? '', 'base64').length);
    expect(others).toEqual([]);
  });

  it('has the elements and codes that the server takes', () => {
    const elements = ['identifier', 'status', 'type', 'subject', 'content'];
    const capabilities = capabilitiesOf({ DocumentReference: able(undefined, { elements }) });
    const loinc = { system: 'http://loinc.org', code: '11488-4' };
    const from = { system: 'https://w3id.org/itb-fhir/CodeSystem/itb-report', code: 'event-report' };
    const document = resourceOf(first({ capabilities, settings: { codeSubstitutions: [{ from, to: loinc }] } })[0]);
    expect(Object.keys(document).sort()).toEqual(['resourceType', ...elements].sort());
    expect(document.type?.coding).toEqual([loinc]);
  });
});

describe('a document that was written', () => {
  it('stays as it is while its page says the same', () => {
    const links = linksTo(first());
    expect(documentsOf(page(), contextOf({ links }))).toEqual(first());
  });

  it('takes the patient’s new name in place, because its page is the same', () => {
    const links = linksTo(first());
    const [item, ...others] = documentsOf(page(), contextOf({ links, patientServerId: 'p2' }));
    expect(item).toMatchObject({ identity: identityOf(50), resource: { subject: { reference: 'Patient/p2' } } });
    expect(item?.frozen).toBeUndefined();
    expect(others).toEqual([]);
  });

  it('is superseded by a new one when its page changes', () => {
    const links = linksTo(first());
    const [old, next, ...others] = documentsOf(page('second\n'), contextOf({ links }));
    expect(old).toMatchObject({ identity: identityOf(50), resource: { status: 'superseded' } });
    expect(resourceOf(old).content).toEqual(resourceOf(first()[0]).content);
    expect(old?.contentHash).not.toBe(first()[0]?.contentHash);
    expect(next?.identity).not.toBe(identityOf(50));
    expect(resourceOf(next)).toMatchObject({
      status: 'current',
      masterIdentifier: { value: next?.identity },
      relatesTo: [{ code: 'replaces', target: { reference: `urn:uuid:${identityOf(50)}` } }],
      content: [{ attachment: { data: Buffer.from('second\n').toString('base64') } }],
    });
    expect(others).toEqual([]);
  });

  const chain = (...texts: string[]): ReadonlyMap<string, Link> =>
    texts.reduce(
      (links, text) => linksTo(documentsOf(page(text), contextOf({ links }))),
      new Map() as ReadonlyMap<string, Link>,
    );

  it('settles: the second run with the same page plans nothing new', () => {
    const links = chain('first\n', 'second\n');
    const items = documentsOf(page('second\n'), contextOf({ links }));
    expect(items.map(({ identity, contentHash }) => [identity, contentHash])).toEqual(
      [...links.values()].map(({ identity, contentHash }) => [identity, contentHash]),
    );
  });

  it('is followed by another for each page, each replacing the one before, also back to an earlier text', () => {
    const links = chain('first\n', 'second\n', 'first\n');
    const documents = [...links.values()].map(({ content }) => content as DocumentReference);
    expect(documents.map(({ status }) => status)).toEqual(['superseded', 'superseded', 'current']);
    expect(documents.map(({ relatesTo }) => relatesTo?.[0]?.target.reference)).toEqual([
      undefined,
      `urn:uuid:${identityOf(50)}`,
      `urn:uuid:${[...links.keys()][1]}`,
    ]);
    expect(new Set(links.keys()).size).toBe(3);
  });

  it('finds the one before where one in between is gone at the hospital', () => {
    const links = new Map(chain('first\n', 'second\n', 'third\n'));
    const [, second = '', third = ''] = [...links.keys()];
    links.delete(second);
    const items = documentsOf(page('third\n'), contextOf({ links }));
    expect(items.map(({ identity }) => identity)).toEqual([identityOf(50), third]);
  });

  it('is left alone, and replaced all the same, where the server changes no document', () => {
    const links = linksTo(first(appendOnly));
    const [old, next] = documentsOf(page('second\n'), contextOf({ ...appendOnly, links }));
    expect(old).toMatchObject({ frozen: true, resource: { status: 'current' }, contentHash: first()[0]?.contentHash });
    expect(resourceOf(next).relatesTo?.[0]?.code).toBe('replaces');
    const [same] = documentsOf(page(), contextOf({ ...appendOnly, links, patientServerId: 'p2' }));
    expect(same).toMatchObject({ frozen: true, resource: { subject: { reference: 'Patient/p1' } } });
  });

  it('is known by its text where the hospital keeps no hash, and trusted where it shows no text', () => {
    const held = (attachment: object) => {
      const content = { ...resourceOf(first()[0]), content: [{ attachment }] } as DocumentReference;
      return linksTo(first(), { content, contentHash: null });
    };
    const countWith = (attachment: object, text: string) =>
      documentsOf(page(text), contextOf({ links: held(attachment) })).length;
    expect(countWith({ data: 'Zmlyc3QK' }, 'first\n')).toBe(1);
    expect(countWith({ data: 'Zmlyc3QK' }, 'second\n')).toBe(2);
    expect(countWith({ url: 'Binary/7' }, 'second\n')).toBe(1);
  });

  it('that was withdrawn is not marked as superseded', () => {
    const links = linksTo(first(), { state: 'voided' });
    const items = documentsOf(page('second\n'), contextOf({ links }));
    expect(items.map(({ identity }) => identity)).not.toContain(identityOf(50));
    expect(items).toHaveLength(1);
  });
});

describe('documents of which nothing is wanted any more', () => {
  const withdraw = (links: ReadonlyMap<string, Link>, context: Partial<TailorContext> = appendOnly) =>
    withdrawnDocuments([], 7, contextOf({ ...context, links }));

  it('are left to the plan where the server can mark them as entered in error', () => {
    expect(withdraw(linksTo(first()), {})).toEqual([]);
  });

  it('are replaced by one that says so, where it cannot', () => {
    const [said, old, ...others] = withdraw(linksTo(first(appendOnly)));
    expect(resourceOf(said)).toMatchObject({
      type: { coding: [{ code: 'correction' }] },
      relatesTo: [{ code: 'replaces', target: { reference: `urn:uuid:${identityOf(50)}` } }],
      meta: { security: [{ code: 'HTEST' }] },
      subject: { reference: 'Patient/p1' },
    });
    expect(resourceOf(said)).not.toHaveProperty('context');
    const text = Buffer.from(resourceOf(said).content[0]?.attachment.data ?? '', 'base64').toString('utf8');
    expect(text).toContain(`This replaces: ${title}`);
    expect(text).toContain('It was entered in error. Do not use it.');
    expect(old).toMatchObject({ identity: identityOf(50), frozen: true, group: 7 });
    expect(others).toEqual([]);
  });

  it('also where updates are taken but no withdrawal', () => {
    const capabilities = capabilitiesOf({ DocumentReference: able(undefined, { voidBy: 'none' }) });
    expect(withdraw(linksTo(first()), { capabilities })).toHaveLength(2);
  });

  it('are replaced once: the next run finds it said', () => {
    const links = linksTo(first(appendOnly));
    const after = linksTo(withdraw(links));
    const items = withdraw(after);
    expect(items.map(({ identity, frozen }) => [identity, frozen]).sort()).toEqual(
      [...after.keys()].map((identity) => [identity, true]).sort(),
    );
  });

  it('are replaced where they are the last of their chain, and not before', () => {
    const links = linksTo(first(appendOnly));
    const second = linksTo(documentsOf(page('second\n'), contextOf({ ...appendOnly, links })));
    const items = withdraw(second);
    expect(items).toHaveLength(3);
    expect(items.filter(({ frozen }) => frozen).map(({ identity }) => identity)).toEqual([...second.keys()]);
    expect(resourceOf(items[0]).relatesTo?.[0]?.target.reference).toBe(`urn:uuid:${[...second.keys()][1]}`);
  });

  it('are none of the others: what is wanted, what was withdrawn, what is no document', () => {
    const links = linksTo(first(appendOnly));
    const context = contextOf({ ...appendOnly, links });
    expect(withdrawnDocuments(first(appendOnly), 7, context)).toEqual([]);
    expect(withdraw(linksTo(first(appendOnly), { state: 'voided' }))).toEqual([]);
    const message: Binary = { resourceType: 'Binary', contentType: 'text/plain' };
    expect(withdraw(linksTo(first(appendOnly), { resourceType: 'Binary', content: message }))).toEqual([]);
  });
});
