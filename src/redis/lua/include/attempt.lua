-- Whether the record still belongs to this attempt. One that was given up as unknown may yet tell its end.
local function mine(status, current)
  return current == attempt and (status == 'sending' or status == 'unknown')
end

-- The attempt's line in the timeline: what it came to.
local function attemptLine(number, send, now, outcome, reason, detail)
  return table.concat({ 'attempt', now, number, send, outcome, reason, detail }, '\t')
end
