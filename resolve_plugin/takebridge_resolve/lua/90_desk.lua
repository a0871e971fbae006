-- The desk: runs ops one after another. ``stopping`` is set by agent.stop, ``reloading`` with it by agent.reload;
-- ``source`` is the agent's own file. ``known`` is what selection.peek remembers of a timeline, by its id; ``manager``
-- the project manager, the one handle that no switch of a project or timeline makes stale.

do

local Desk = {}
Desk.__index = Desk

-- Ops that do not put back what they had done when they fail half-way, but say so.
TB.EDITS = TB.set({
  "clip.place", "clip.delete", "clip.set_enabled", "clip.set_color", "clip.finalize_take", "clip.rename", "clip.stamp",
  "timeline.duplicate", "timeline.select", "timeline.rename", "timeline.delete", "timeline.import",
  "track.add", "marker.add", "marker.remove", "media.replace", "media.tag",
})

-- Return a desk in front of the API's root object.
function TB.desk(resolve, delays, sleep, source)
  local desk = setmetatable({
    resolve = resolve,
    delays = delays or TB.WRITE_DELAYS,
    sleep = sleep or TB.sleep,
    source = source or "",
    stopping = false,
    reloading = false,
    known = {},
  }, Desk)
  pcall(TB.prepare, desk)
  return desk
end

-- Run one op and return its OpAnswer without the session. Never raises.
function Desk:execute(op)
  self.pen = TB.pen(self.delays, self.sleep)
  local verb = TB.text(op.verb)
  local fine, outcome, result = pcall(function() return self:dispatch(op, verb) end)
  if fine then
    return TB.make_answer(op, outcome, result)
  elseif TB.is_op_error(outcome) then
    local found = outcome
    if TB.EDITS[verb] and self.pen.made > 0 and not found.undone and found.outcome == "not_applied" then
      TB.unsure(found)
    end
    return TB.make_answer(op, found.outcome, found.result, found)
  end
  local fault = TB.op_error("agent_fault", "The agent failed at this op: " .. TB.text(outcome, 1000))
  return TB.make_answer(op, self.pen.touched and "committed_unverified" or "not_applied", nil, fault)
end

-- Return outcome and result of an op.
function Desk:dispatch(op, verb)
  local act = TB.OPS[verb]
  if not act then
    TB.refuse("unsupported_op", ("This agent does not know %s."):format(TB.short(verb)))
  end
  local args = op.args == nil and {} or op.args
  if TB.is_array(args) and #args == 0 then
    args = {}
  end
  if not TB.is_kind(args, "dict") then
    TB.refuse("invalid_param", "The op has no usable arguments.")
  end
  return act(self, args, op.expect)
end

-- Return an OpAnswer of the protocol, still without its session.
function TB.make_answer(op, outcome, result, found)
  return { op_id = TB.short(op.id), outcome = outcome, result = result, error = found and found:to_wire() or nil }
end

-- Return the Hello of this host as it is now; a host that fails to answer is still introduced.
function TB.make_hello(desk, instance)
  local fine, status, verbs = pcall(function()
    return TB.host_status(desk.resolve), TB.capabilities_of(desk.resolve, desk.source)
  end)
  if not fine then
    status = { product = "DaVinci Resolve", version = "", edition = "unknown" }
    verbs = TB.sorted_keys(TB.OPS)
  end
  return {
    protocol = TB.PROTOCOL_VERSION,
    agent = TB.AGENT,
    agent_version = TB.AGENT_VERSION,
    pid = TB.pid(),
    status = status,
    capabilities = verbs,
    instance = instance,
  }
end

end -- desk
