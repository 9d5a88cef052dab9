import { getStatus, isOk } from '@medplum/core';
import type { FhirResponse } from '@medplum/fhir-router';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import type { Request, Response } from 'express';
import { completeBundleResponse, versionHeaders, type Wanted } from './bundle-response.ts';

/** Sends what the router answered, with the headers of R4 and as much of the body as the client prefers. */
export function respond(request: Request, response: Response, [result, resource]: FhirResponse, baseUrl: string): void {
  const status = getStatus(result);
  const wants = /return=minimal/.test(request.get('prefer') ?? '') ? 'minimal' : 'representation';
  if (!isOk(result) || !resource) send(response, status, result);
  else if (resource.resourceType === 'Bundle')
    send(response, status, completeBundle(resource, wants, request, baseUrl));
  else if (wants === 'minimal' && request.method !== 'GET')
    withHeaders(request, response, resource, baseUrl).status(status).end();
  else send(withHeaders(request, response, resource, baseUrl), status, resource);
}

export function send(response: Response, status: number, resource: Resource): void {
  response.status(status).type('application/fhir+json').send(JSON.stringify(resource));
}

function withHeaders(request: Request, response: Response, resource: Resource, baseUrl: string): Response {
  const headers = versionHeaders(resource);
  if (!headers) return response;
  response.set('ETag', headers.etag).set('Last-Modified', new Date(headers.lastModified).toUTCString());
  return request.method === 'GET' ? response : response.set('Location', `${baseUrl}/${headers.location}`);
}

/** Answers to bundles, search results and histories. Lists have full URLs, and a self link unless the search was posted so that it stays unwritten. */
function completeBundle(bundle: Bundle, wants: Wanted, request: Request, baseUrl: string): Bundle {
  if (bundle.type.endsWith('-response')) return completeBundleResponse(bundle, wants);
  const self = request.method === 'GET' ? [{ relation: 'self', url: baseUrl + request.url }] : [];
  const entry = bundle.entry?.map(({ resource, ...rest }) => ({
    fullUrl: `${baseUrl}/${resource?.resourceType}/${resource?.id}`,
    resource,
    ...rest,
  }));
  return { ...bundle, link: [...self, ...(bundle.link ?? [])], entry: entry?.length ? entry : undefined };
}
