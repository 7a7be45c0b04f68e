# One image for every process: the command is the process (worker, webhooks, api, sandbox).
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package needs a script of its own to be installed, so none gets to run one.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
COPY sandbox ./sandbox
COPY dev ./dev
COPY demo ./demo
RUN npm run build

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

# Without src/ beside it, bin/waybill.js knows that it is not in a checkout and builds nothing.
FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE ./
COPY bin ./bin
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# node, by its number: only so can Kubernetes see that it is not root.
USER 1000
EXPOSE 8080 8081 8090 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "bin/waybill.js", "health"]
ENTRYPOINT ["node", "bin/waybill.js"]
CMD ["worker"]
