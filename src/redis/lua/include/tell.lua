-- How many events an account keeps: those of some 80,000 deliveries, in 30 MB. Older ones go, in whole blocks.
local EVENTS_KEPT = '500000'

-- Adds an event to the account's stream, as fields and their values; its id tells when.
local function tell(...)
  redis.call('XADD', events, 'MAXLEN', '~', EVENTS_KEPT, '*', ...)
end
