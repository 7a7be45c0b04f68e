-- Forgets a conversation once none of its deliveries is left.
-- KEYS: conv lane held doubts accepts recipientDeliveries
-- Returns {busy} | {forgotten, keys}
if redis.call('ZCARD', recipientDeliveries) > 0 then
  return { 'busy' }
end
return { 'forgotten', redis.call('DEL', conv, lane, held, doubts, accepts) }
