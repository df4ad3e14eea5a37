# What scripts that test on several nodes share. They source it.

# Runs a command again until it succeeds, five minutes at most. In vain, it ends the script, and `tell` says more.
until_true() {
  local end=$((SECONDS + 300))
  until "$@"; do
    if [ $SECONDS -ge $end ]; then
      echo "waited in vain for: $*" >&2
      tell >&2
      exit 1
    fi
    sleep 0.2
  done
}

# Makes nodes with a network each, 10.0.0.2 and so on. They are joined by a switch, at which this script is, too, as
# 10.0.0.1. To cut the network of one: ip link set NODE down.
make_nodes() {
  mkdir -p /run/netns
  mount -t tmpfs none /run/netns
  ip link add switch type bridge
  ip address add 10.0.0.1/24 dev switch
  ip link set switch up
  local node number=1
  for node in "$@"; do
    number=$((number + 1))
    ip netns add "$node"
    ip link add "$node" type veth peer name network netns "$node"
    ip link set "$node" master switch up
    ip -n "$node" address add "10.0.0.$number/24" dev network
    ip -n "$node" link set network up
    ip -n "$node" link set lo up
  done
}

# Sends a signal to all that runs on a node. Some processes end with others.
signal() { ip netns pids "$2" | xargs -r kill "-$1" 2>/dev/null || true; }
