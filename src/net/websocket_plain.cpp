#include "net/websocket_session.h"

namespace attune::net {

std::shared_ptr<SocketSession> makeSession(TcpSocket stream, SocketSetup setup) {
  return std::make_shared<SessionOver<TcpSocket>>(std::move(stream), std::move(setup));
}

}  // namespace attune::net
