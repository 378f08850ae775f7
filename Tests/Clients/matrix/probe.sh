# The simple form of calls, with curl and nothing else: probe.sh URL LOCKED_URL WAV
url=$1; locked=$2; sound=$3; prefix=/gradio_api; seen=""
curl() { command curl -sN --max-time 20 -b "$jar" -c "$jar" "$@"; }
jar=$(mktemp); trap 'rm -f "$jar"' EXIT
json="content-type: application/json"

note() { seen="$seen${seen:+, }\"$1\": \"$([ "$2" = yes ] && echo ok || echo wrong)\""; }
has() { grep -qF -- "$1" && echo yes; }

# call NAME DATA: what the call says until its end
call() {
    if [ "$major" = 3 ]; then curl "$url/run/$1" -H "$json" -d "{\"data\": $2}"; return; fi
    event=$(curl "$url$prefix/call/$1" -H "$json" -d "{\"data\": $2}" | cut -d'"' -f4)
    curl "$url$prefix/call/$1/$event"
}

major=$(curl "$url/config" | grep -oE '"version":"[0-9]' | grep -oE '[0-9]$')
[ "$major" -lt 5 ] && prefix=""
curl "$locked/login" -d username=alice -d password=wonder >/dev/null
note login "$(curl "$locked$prefix/run/predict" -H "$json" -d '{"data": ["hello"]}' | has 'alice: hello')"
note call "$(call echo '["Hello"]' | has '["Hello"]')"
[ "$major" = 3 ] || note steps "$(call steps '["la", 3]' | tr -d '\n' | has '["la 1"]event: generatingdata: ["la 2"]')"
path=$(curl "$url$prefix/upload" -F "files=@$sound" | cut -d'"' -f2)
if [ "$major" = 3 ]; then file="{\"name\": \"$path\", \"is_file\": true, \"data\": null}"
else file="{\"path\": \"$path\", \"meta\": {\"_type\": \"gradio.FileData\"}}"; fi
note files "$(call raise_pitch "[$file]" | has higher.wav)"
note errors "$(call fail '["allowed"]' | has "$([ "$major" -ge 4 ] && [ "$major" -le 5 ] && echo 'event: error' || echo 'not allowed')")"
echo "{$seen}"
