import type { Attachment, DocumentReference } from '@medplum/fhirtypes';
import { referenceTo } from '../../fhir/references.ts';
import { itb, profile } from '../../fhir/systems.ts';
import { attachmentHash } from '../digest.ts';
import type { Page } from '../page.ts';
import { pdfOf } from './pdf.ts';

export interface DocumentOf {
  readonly identity: string;
  readonly identifierSystem: string;
  /** `Patient/<id>` at the destination. */
  readonly patient: string;
  /** The identity of the document that this one replaces. */
  readonly replaces?: string | undefined;
  readonly pdf?: boolean | undefined;
}

/**
 * A page as a document of the chart (FHIR R4 DocumentReference): plain text inside, beside it a PDF where the site wants
 * one. Nothing in it but what the page says: the same document for the same page.
 */
export function documentReference(page: Page, of: DocumentOf): DocumentReference {
  const identifier = { system: of.identifierSystem, value: of.identity };
  const name = reportNames[page.code];
  const { recordedAt, occurredAt } = page.report ?? {};
  return {
    resourceType: 'DocumentReference',
    meta: {
      profile: [profile.report],
      ...(page.security && { security: [...page.security] }),
      tag: [{ system: itb.sync, code: 'itb-adapter' }],
    },
    masterIdentifier: identifier,
    identifier: [identifier],
    status: 'current',
    docStatus: 'final',
    type: { coding: [{ system: itb.report, code: page.code, display: name }], text: name },
    subject: { reference: of.patient },
    ...(recordedAt && { date: recordedAt }),
    author: [{ identifier: { system: itb.sync, value: 'itb-adapter' }, display: 'itb-fhir-adapter' }],
    ...(of.replaces && { relatesTo: [{ code: 'replaces', target: { reference: referenceTo(of.replaces) } }] }),
    description: page.title,
    content: attachments(page, of).map((attachment) => ({ attachment })),
    ...contextOf(occurredAt, page),
  };
}

/** As the CodeSystem itb-report displays them. */
export const reportNames = {
  'event-report': 'Report of a pump event',
  correction: 'Correction of an earlier entry',
} as const;

function attachments({ title, text, report }: Page, { pdf }: DocumentOf): Attachment[] {
  const plain = attachment('text/plain', title, Buffer.from(text, 'utf8'));
  if (!pdf) return [plain];
  return [plain, attachment('application/pdf', title, pdfOf(title, text, report?.recordedAt))];
}

const attachment = (contentType: string, title: string, bytes: Buffer): Attachment => ({
  contentType,
  data: bytes.toString('base64'),
  size: bytes.length,
  hash: attachmentHash(bytes),
  title,
});

/** When it happened, and what it corrects where that is no document. */
function contextOf(occurredAt: string | undefined, { about, replaces }: Page): Pick<DocumentReference, 'context'> {
  const related = about && !replaces ? [{ reference: referenceTo(about) }] : undefined;
  if (!occurredAt && !related) return {};
  return {
    context: {
      ...(occurredAt && { period: { start: occurredAt, end: occurredAt } }),
      ...(related && { related }),
    },
  };
}
