import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import { pageSecurity } from '../app/page-security.ts';
import { type DocsContent, docsPage, docsStylePath } from './docs-page.ts';

/** `GET /docs`: the description of the HTTP interface as a page. It holds no script, and nothing of any patient. */
export function docsRoutes(content: DocsContent): Router {
  const page = docsPage(content);
  const style = readFileSync(join(import.meta.dirname, 'style.css'), 'utf8');
  const router = Router();
  router.use('/docs', pageSecurity({ connect: [], frameAncestors: [] }));
  router.get('/docs', (_request, response) => void response.type('html').send(page));
  router.get(docsStylePath, (_request, response) => void response.type('css').send(style));
  return router;
}
