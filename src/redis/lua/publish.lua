-- Publishes an account in place of what is published of it, unless that has changed since it was read.
-- KEYS: accounts
-- ARGV: from before after
-- Returns {published} | {changed}
if (redis.call('HGET', accounts, from) or '') ~= before then
  return { 'changed' }
end
redis.call('HSET', accounts, from, after)
redis.call('HINCRBY', accounts, 'version', 1)
return { 'published' }
