import { OperationOutcomeError } from '@medplum/core';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { checkStructure } from '../../src/sandbox/resource-checks.ts';
import { newId, type ResourceStore, type Stored } from '../../src/sandbox/resource-store.ts';
import { grants, type ResourceScope } from '../../src/sandbox/scopes.ts';
import { type Asked, readRequest } from './asked.ts';
import { type AnswerOne, answerBatch, answerTransaction, WholeRefused } from './bundles.ts';
import { isViolation, type Refusal, type Reply } from './dialects.ts';
import type { Offered } from './offered.ts';
import type { Quirks } from './quirks.ts';
import { type Continued, matching, pageOf } from './searching.ts';

/** A refusal on its way to the answer of one request or entry. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

export interface HospitalServerParts {
  readonly offered: Offered;
  readonly quirks: Quirks;
  readonly store: ResourceStore;
  readonly baseUrl: string;
  /** Told of every violation: what was asked, and why the statement does not allow it. */
  readonly violated: (asked: string, refusal: Refusal) => void;
}

/** A FHIR server that does what its statement offers, in the way of its quirks, and nothing more. One request at a time. */
export class HospitalServer {
  readonly #parts: HospitalServerParts;
  readonly #pages = new Map<string, Continued>();
  /** By `Type/id`: how many requests from now a search does not see it. */
  readonly #unseen = new Map<string, number>();
  /** Then references may point forward, and are checked at the end. */
  #inTransaction = false;

  constructor(parts: HospitalServerParts) {
    this.#parts = parts;
  }

  /** Never throws for what a client does. */
  async answer(asked: Asked, scopes: readonly ResourceScope[]): Promise<Reply> {
    this.#age();
    const answerOne = (one: Asked) => this.#answerOne(one, scopes);
    if (asked.kind !== 'bundle') return answerOne(asked);
    const { transaction, batch } = this.#parts.offered;
    const { bundle } = asked;
    if (bundle.type === 'batch' && batch) return answerBatch(bundle, answerOne);
    if (bundle.type === 'transaction' && transaction) return this.#transact(bundle, answerOne);
    return this.#refuse(inWords(asked), 'bundle-not-offered');
  }

  async #transact(bundle: Bundle, answerOne: AnswerOne): Promise<Reply> {
    const existing = (type: string, criteria: string) => {
      const found = this.#existing(type, criteria);
      return found && `${type}/${found.id}`;
    };
    this.#inTransaction = true;
    try {
      return await this.#parts.store.transaction(
        async () => answerTransaction(bundle, answerOne, existing),
        (written) => this.#checkReferences(written),
      );
    } catch (error) {
      if (error instanceof WholeRefused) return error.reply;
      if (error instanceof Refused) return this.#refuse('transaction', error.refusal);
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  #answerOne(asked: Asked, scopes: readonly ResourceScope[]): Reply {
    try {
      this.#requireOffered(asked, scopes);
      return this.#do(asked);
    } catch (error) {
      if (error instanceof Refused) return this.#refuse(inWords(asked), error.refusal);
      throw error;
    }
  }

  #refuse(asked: string, refusal: Refusal): Reply {
    if (isViolation(refusal)) this.#parts.violated(asked, refusal);
    return this.#parts.quirks.dialect(refusal);
  }

  #requireOffered(asked: Asked, scopes: readonly ResourceScope[]): void {
    if (asked.kind === 'other' || asked.kind === 'bundle') throw new Refused('interaction-not-offered');
    const { offered } = this.#parts;
    if (!offered.holds(asked.type)) throw new Refused('type-not-held');
    if (!offered.interactions(asked.type).includes(asked.kind)) throw new Refused('interaction-not-offered');
    if (!grants([...scopes], asked.type, letters[asked.kind])) throw new Refused('scope-missing');
  }

  #do(asked: Asked): Reply {
    if (asked.kind === 'create') return this.#create(asked);
    if (asked.kind === 'update') return this.#update(asked);
    if (asked.kind === 'search-type') return this.#search(asked);
    if (asked.kind === 'read') return this.#read(asked.type, asked.id);
    if (asked.kind !== 'delete') throw new Refused('interaction-not-offered');
    this.#parts.store.remove(asked.type, this.#current(asked.type, asked.id).id);
    return { status: 204 };
  }

  #create({ type, resource, ifNoneExist, assignedId }: Extract<Asked, { kind: 'create' }>): Reply {
    if (ifNoneExist !== undefined) {
      if (!this.#parts.offered.conditionalCreate(type)) throw new Refused('condition-not-offered');
      const found = this.#existing(type, ifNoneExist);
      if (found) return this.#written(found, 200);
    }
    this.#check(type, resource);
    if (this.#parts.quirks.refusesDuplicates && this.#isThere(resource)) throw new Refused('duplicate');
    const stored = this.#put({ ...resource, id: assignedId ?? newId() });
    return this.#written(stored, this.#parts.quirks.created === 'queued' ? 202 : 201);
  }

  #update({ type, id, resource, ifMatch }: Extract<Asked, { kind: 'update' }>): Reply {
    const current = this.#current(type, id);
    const { ifMatch: rule } = this.#parts.quirks;
    if (rule === 'required' && ifMatch === undefined) throw new Refused('version-not-named');
    const isStale = ifMatch !== undefined && ifMatch !== `W/"${current.meta.versionId}"`;
    if (rule !== 'ignored' && isStale) throw new Refused('version-stale');
    this.#check(type, resource);
    return this.#written(this.#put({ ...resource, id }), 200);
  }

  #read(type: string, id: string): Reply {
    const current = this.#current(type, id);
    return { status: 200, body: current, headers: { ETag: `W/"${current.meta.versionId}"` } };
  }

  #search(asked: Extract<Asked, { kind: 'search-type' }>): Reply {
    const { quirks, offered, store, baseUrl } = this.#parts;
    const { type, query } = asked;
    const remember = (next: Continued) => {
      const token = newId();
      this.#pages.set(token, next);
      return token;
    };
    const at = { baseUrl, type, remember };
    const continued = this.#pages.get(query.get('_page') ?? '');
    if (continued) return { status: 200, body: pageOf(continued, asked, quirks, at) };
    const unknown = [...query.keys()].filter((name) => !offered.searches(type, baseName(name)));
    if (unknown.length > 0 && quirks.unknownParameter === 'refused') throw new Refused('parameter-not-offered');
    for (const name of unknown) {
      this.#parts.violated(`search of ${type} by ${name}`, 'parameter-not-offered');
      query.delete(name);
    }
    const namesPatient = ['patient', 'subject', '_id'].some((name) => query.has(name));
    if (quirks.searchNeedsPatient && type !== 'Patient' && !namesPatient) throw new Refused('patient-not-named');
    const visible = [...store.all(type)].filter((one) => !this.#unseen.has(`${type}/${one.id}`));
    return { status: 200, body: pageOf({ matches: matching(visible, asked), from: 0 }, asked, quirks, at) };
  }

  #existing(type: string, criteria: string): Stored | undefined {
    const asked = readRequest({ method: 'GET', url: `${type}?${criteria.replace(/^\?/, '')}` });
    if (asked.kind !== 'search-type') throw new Refused('condition-not-offered');
    const [found, ...others] = matching(this.#parts.store.all(type), asked) as Stored[];
    if (others.length > 0) throw new Refused('several-match');
    return found;
  }

  #check(type: string, resource: Resource): void {
    if (resource.resourceType !== type) throw new Refused('resource-invalid');
    const refused = this.#parts.quirks.refuses(resource);
    if (refused) throw new Refused(refused);
    try {
      checkStructure(resource);
    } catch (error) {
      if (error instanceof OperationOutcomeError) throw new Refused('resource-invalid');
      throw error;
    }
    if (!this.#inTransaction) this.#checkReferences(resource);
  }

  /** A hospital has referential integrity: what is referred to is there. */
  #checkReferences(resource: Resource): void {
    for (const reference of referencesIn(resource)) {
      const [type = '', id = ''] = reference.split('/');
      const isHeld = !reference.startsWith('urn:') && typeof this.#parts.store.current(type, id) === 'object';
      if (!isHeld && !reference.startsWith('#')) throw new Refused('reference-unknown');
    }
  }

  #isThere(resource: Resource): boolean {
    const text = JSON.stringify(said(resource));
    return [...this.#parts.store.all(resource.resourceType)].some((one) => JSON.stringify(said(one)) === text);
  }

  #current(type: string, id: string): Stored {
    const found = this.#parts.store.current(type, id);
    if (found === undefined) throw new Refused('not-found');
    if (found === 'deleted') throw new Refused('gone');
    return found;
  }

  #put(resource: Resource & { id: string }): Stored {
    const stored = this.#parts.store.put(resource);
    const { searchLag } = this.#parts.quirks;
    if (searchLag > 0) this.#unseen.set(`${stored.resourceType}/${stored.id}`, searchLag);
    return stored;
  }

  #age(): void {
    for (const [address, left] of this.#unseen) {
      if (left <= 1) this.#unseen.delete(address);
      else this.#unseen.set(address, left - 1);
    }
  }

  #written(stored: Stored, status: number): Reply {
    const { quirks, baseUrl } = this.#parts;
    if (status === 202) return { status };
    const { resourceType, id, meta } = stored;
    const place = `${baseUrl}/${resourceType}/${id}/_history/${meta.versionId}`;
    const headers = { ETag: `W/"${meta.versionId}"`, Location: place };
    return quirks.created === 'resource' ? { status, headers, body: stored } : { status, headers };
  }
}

const letters = { create: 'c', read: 'r', update: 'u', delete: 'd', 'search-type': 's' } as const;

const baseName = (parameter: string): string => parameter.split(/[:.]/)[0] ?? '';

/** Without ids, which would name a patient's resource in the output of a failing test. */
const inWords = (asked: Asked): string =>
  'type' in asked ? `${asked.kind} ${asked.type}` : `${asked.kind === 'bundle' ? asked.bundle.type : 'something else'}`;

function said({ id: _id, meta: _meta, ...rest }: Resource): object {
  const { identifier: _identifier, text: _text, ...content } = rest as { identifier?: unknown; text?: unknown };
  return content;
}

export function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'reference' && typeof member === 'string' ? [member] : referencesIn(member),
  );
}
