-- Errors: an op that was not (or not surely) done, with a stable code, the user's words and the next step.

do

local HINTS = {
  agent_fault = "Start the agent again from Workspace > Scripts; if it happens again, send us this message.",
  host_busy = "Close open dialogs and stop playback in Resolve, then try again.",
  timeline_changed = "Nothing of yours was overwritten. Repeat the command on the timeline as it is now.",
  timeline_switched = "Open the project and timeline the clip was pushed from, then repeat.",
  unsupported_op = "Update DaVinci Resolve, or use another way to choose clips.",
  unsupported_item = "Choose a clip that plays a media file.",
}
local RETRYABLE = { host_busy = true, timeline_changed = true }
local OpError = {}
OpError.__index = OpError

-- Return an error of an op. ``outcome`` is "not_applied" unless something may have been left behind; ``result`` is
-- then what was read last. ``undone``: writes that had been made were seen to be taken back.
function TB.op_error(code, message, hint, details)
  return setmetatable({
    code = code,
    message = message,
    hint = hint or HINTS[code] or "",
    details = details or {},
    outcome = "not_applied",
    undone = false,
  }, OpError)
end

-- Return the WireError of the host protocol.
function OpError:to_wire()
  return {
    code = self.code,
    message = TB.text(self.message),
    hint = TB.text(self.hint),
    retryable = RETRYABLE[self.code] or false,
    details = self.details,
  }
end

-- Say whether something raised is an error of an op; anything else is a fault of the agent.
function TB.is_op_error(value)
  return type(value) == "table" and getmetatable(value) == OpError
end

-- Raise an error of an op.
function TB.refuse(code, message, hint, details)
  error(TB.op_error(code, message, hint, details), 0)
end

-- Run something; return true and its value, or false and the error of the op it raised. Faults go on.
function TB.try(act)
  local fine, said = pcall(act)
  if not fine and not TB.is_op_error(said) then
    error(said, 0)
  end
  return fine, said
end

-- Mark an error: something may be left behind.
function TB.unsure(found)
  found.outcome = "committed_unverified"
  found.hint = "Look at the timeline in Resolve: the change may be there. " .. found.hint
  return found
end

end -- errors
