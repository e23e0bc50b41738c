-- wrk … -- METHOD [BODY]
function init(args)
  wrk.method = args[1]
  if args[2] then
    wrk.body = args[2]
    wrk.headers["content-type"] = "application/json"
  end
end
