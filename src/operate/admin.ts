import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import type { App } from '../app.ts';
import { listReview } from '../review/list.ts';
import { reviewLine } from '../review/review-line.ts';
import { adminGuard } from '../views/admin/guard.ts';
import { adminRoutes } from '../views/admin/routes.ts';
import { destinationStatuses } from './destination-status.ts';
import { dismissItem, retryItem } from './review-decision.ts';
import { shownItem } from './shown-item.ts';

const pageSize = 200;
const actor = 'admin interface';

/** The operators' interface; undefined where no admin token is configured: then there is none. */
export function adminRouter(app: App, whenOwed: () => void): Router | undefined {
  const { adminToken } = app.config;
  if (adminToken === undefined) return undefined;
  return adminRoutes({
    guard: adminGuard(adminToken),
    destinations: () => destinationStatuses(app, 'of-this-process'),
    items: async ({ patientId, destination, ...query }) => {
      const filter = {
        ...query,
        ...(patientId && { patientId }),
        ...(destination && { destination }),
        limit: pageSize,
      };
      return (await listReview(app.store.db, filter)).map(reviewLine);
    },
    item: async (tenant, id) => {
      const who = { issuer: 'admin-interface', subject: actor };
      const found = await shownItem(app, { tenant, id, who, requestId: randomUUID() });
      if (!found) return undefined;
      const { item, payload, forReviewers, problems } = found;
      return { ...reviewLine(item), payload, forReviewers, problems };
    },
    retry: async (tenant, id) => {
      const decision = await retryItem(app, { tenant, actor }, id);
      whenOwed();
      return decision;
    },
    dismiss: async (tenant, id, reason) => {
      const decision = await dismissItem(app, { tenant, actor }, id, reason);
      whenOwed();
      return decision;
    },
  });
}
