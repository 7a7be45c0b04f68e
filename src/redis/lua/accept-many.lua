-- Takes in requests of one account, as accept does one; their jobs are named after them.
-- KEYS: wake order events statusPrefix deliveries
-- each KEYS: record tomb conv lane alias recipientDeliveries
-- each ARGV: id to recipient fingerprint otherFingerprints jobAt sendAt expiresAt strict request metadata
-- Returns what accept returns, for each
-- include: clock alias tell record turn known accept
local now = clock()
local answers = {}
for n = 1, count do
  pick(n)
  answers[n] = moved(to, recipient) and { 'moved' } or knownAs() or takeIn(now)
end
return answers
