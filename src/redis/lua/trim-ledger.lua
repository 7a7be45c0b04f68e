-- Takes the oldest sessions out of the ledger that are older than it keeps them.
-- KEYS: ledger ledgerRows
-- ARGV: keptMs most
-- Returns how many
-- include: clock
local old = redis.call('ZRANGE', ledger, '-inf', clock() - keptMs, 'BYSCORE', 'LIMIT', 0, most)
for _, row in ipairs(old) do
  redis.call('HDEL', ledgerRows, row)
  redis.call('ZREM', ledger, row)
end
return #old
